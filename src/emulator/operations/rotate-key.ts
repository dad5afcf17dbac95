// Rotate: `POST /keys/{name}/rotate` adds a version of the same kind, expiring as the rotation policy says.
import type { MaterialSpec } from '../crypto/material.ts';
import { type KeyMaterial, OCT_SIZES, RSA_SIZES } from '../crypto/material.ts';
import { serviceErrors, unproven } from '../errors.ts';
import type { Operation, OperationContext, Outcome } from '../model/operation.ts';
import type { KeyRecord } from '../state/model.ts';
import type { ReadableState } from '../state/pool-state.ts';
import { addDuration } from './duration.ts';
import { keyUrl, newestVersion } from './key-bundle.ts';
import { keyName } from './key-lookup.ts';
import { addVersion, checkRoom } from './new-version.ts';

export const rotateKey: Operation = {
  name: 'rotateKey',
  method: 'POST',
  paths: ['/keys/{name}/rotate'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/rotate/action',
  scope: 'key',
  audit: 'KeyRotate',
  limit: 'create',
  latency: 'createKey',
  async handle(request, state, context) {
    const key = keyToRotate(keyName(request), state, context);
    if (!key.rotationPolicy) throw unproven('rotateWithoutPolicy', { name: key.name });
    return addRotatedVersion(key.name, state, context);
  },
};

/** Adds a version of the same kind as the newest. Throws ServiceError: 404, and 400 at the limit of versions. */
export async function addRotatedVersion(
  name: string,
  state: ReadableState,
  context: OperationContext,
): Promise<Outcome> {
  const before = keyToRotate(name, state, context);
  const spec = sameKind(newestVersion(before).material);
  checkRoom(before.name, spec.kty, before, state, context);
  const material = await context.material(spec);
  // The key may have changed while the material was made.
  const key = keyToRotate(name, state, context);
  const { exportable, keyOps, tags, releasePolicy } = newestVersion(key);
  const exp = addDuration(context.now(), key.rotationPolicy?.expiryTime ?? '');
  const wish = {
    exportable,
    keyOps,
    ...(tags && { tags }),
    ...(releasePolicy && { releasePolicy }),
    ...(exp !== undefined && { exp }),
  };
  return addVersion(key.name, material, wish, state, context);
}

function keyToRotate(name: string, state: ReadableState, context: OperationContext): KeyRecord {
  const key = state.key(name);
  if (!key || key.deletion) throw serviceErrors.keyToRotateNotFound(keyUrl(context, name));
  return key;
}

/** What to generate for another key of the same type, size or curve. */
function sameKind(material: KeyMaterial): MaterialSpec {
  switch (material.kty) {
    case 'RSA': {
      const bits = Buffer.from(material.n, 'base64url').length * 8;
      const size = RSA_SIZES.find((one) => one >= bits) ?? 4096;
      return {
        kty: 'RSA',
        size,
        publicExponent: Buffer.from(material.e, 'base64url').readUIntBE(0, exponentBytes(material.e)),
      };
    }
    case 'EC':
      return { kty: 'EC', crv: material.crv };
    case 'oct': {
      const bits = Buffer.from(material.k, 'base64url').length * 8;
      return { kty: 'oct', size: OCT_SIZES.find((one) => one === bits) ?? 256 };
    }
    case 'OKP':
      return { kty: 'OKP', crv: material.crv };
  }
}

function exponentBytes(e: string): number {
  return Buffer.from(e, 'base64url').length;
}
