// node:crypto key objects of stored material, made once per material.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { nodeJwk } from './import-material.ts';
import type { EcMaterial, OkpMaterial, RsaMaterial } from './material.ts';

type Asymmetric = RsaMaterial | EcMaterial | OkpMaterial;
type Pair = { privateKey: KeyObject; publicKey: KeyObject };

// Parsing a JWK costs more than a signature; the pairs live as long as the material they belong to.
const pairs = new WeakMap<Asymmetric, Pair>();

/** The private and the public key object of asymmetric material. */
export function keyPairOf(material: Asymmetric): Pair {
  const known = pairs.get(material);
  if (known !== undefined) return known;
  const privateKey = createPrivateKey({ key: nodeJwk(material), format: 'jwk' });
  const pair = { privateKey, publicKey: createPublicKey(privateKey) };
  pairs.set(material, pair);
  return pair;
}
