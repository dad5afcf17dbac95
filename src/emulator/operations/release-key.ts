// Release: `POST /keys/{name}/release` hands an exportable key to an attested environment, wrapped for it.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { decodeJwt, errors, SignJWT } from 'jose';
import { z } from 'zod';
import { nodeJwk } from '../crypto/import-material.ts';
import { privateBytes, RELEASE_ALGORITHMS, wrapForRelease } from '../crypto/release.ts';
import { unproven } from '../errors.ts';
import type { Operation, OperationContext } from '../model/operation.ts';
import { selfSigned } from '../tls/certificates.ts';
import { keyBundle } from './key-bundle.ts';
import { activeKey, versionOf } from './key-lookup.ts';
import { parseBody } from './key-request.ts';

const ReleaseBody = z.object({
  target: z.string(),
  nonce: z.string().nullish(),
  enc: z.enum(RELEASE_ALGORITHMS).nullish(),
});
/** Where an attestation token carries the public key of the environment. */
const Target = z.object({
  'x-ms-runtime': z.object({
    keys: z.tuple([z.looseObject({ kty: z.literal('RSA'), n: z.string(), e: z.string() })], z.unknown()),
  }),
});

export const releaseKey: Operation = {
  name: 'releaseKey',
  method: 'POST',
  paths: ['/keys/{name}/release', '/keys/{name}/{version}/release'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/release/action',
  scope: 'key',
  audit: 'KeyRelease',
  limit: 'none',
  latency: 'sign',
  // Neither the token's signature nor the release policy is checked: an emulator has no attestation service.
  async handle(request, state, context) {
    const key = activeKey(request, state, context);
    const version = versionOf(key, request, context);
    const { target, nonce, enc } = parseBody(ReleaseBody, request.body);
    if (!version.exportable) throw unproven('notReleasable', { name: key.name });
    const algorithm = enc ?? 'CKM_RSA_AES_KEY_WRAP';
    const ciphertext = wrapForRelease(
      privateBytes(version.material),
      targetKey(target),
      algorithm,
      context.random,
    );
    const wrapped = {
      schema_version: '1.0.0',
      header: { kid: 'TransferKeyId', alg: 'dir', enc: algorithm },
      ciphertext: ciphertext.toString('base64url'),
    };
    const bundle = z
      .looseObject({ key: z.looseObject({ kid: z.string() }) })
      .parse(keyBundle(key, version, context));
    const payload = {
      request: {
        'api-version': request.query.get('api-version') ?? '',
        enc: algorithm,
        kid: bundle.key.kid,
        nonce: nonce ?? '',
      },
      response: {
        key: {
          ...bundle,
          key: { ...bundle.key, key_hsm: Buffer.from(JSON.stringify(wrapped)).toString('base64url') },
        },
      },
    };
    return { status: 200, body: { value: await signed(payload, context) } };
  },
};

function targetKey(target: string): { n: string; e: string } {
  try {
    return Target.parse(decodeJwt(target))['x-ms-runtime'].keys[0];
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError || cause instanceof z.ZodError)) throw cause;
    throw unproven('badValue', { detail: 'target is not an attestation token with an RSA key' }, cause);
  }
}

/** An RS256 JWS with its certificate in the header, as recorded; signer and certificate are made for each release. */
async function signed(payload: Record<string, unknown>, context: OperationContext): Promise<string> {
  const material = await context.material({ kty: 'RSA', size: 2048, publicExponent: 65537 });
  if (material.kty !== 'RSA') throw new TypeError('asked for an RSA key and got another');
  const privateKey = createPrivateKey({ key: nodeJwk(material), format: 'jwk' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const certificate = new X509Certificate(await selfSigned(pem, context.now() * 1000));
  const kid = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'RS256', kid, x5c: [certificate.raw.toString('base64')] })
    .sign(privateKey);
}
