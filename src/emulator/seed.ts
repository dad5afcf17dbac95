// Fills a pool with many keys quickly, by sharing a few pieces of key material.
import { generateMaterial, type KeyMaterial, type MaterialSpec } from './crypto/material.ts';
import { newVersionId } from './operations/new-version.ts';
import type { Change, KeyVersion } from './state/model.ts';

const RSA: MaterialSpec = { kty: 'RSA', size: 2048, publicExponent: 65537 };
/** Two thirds RSA, as most keys are; the others show that kinds differ. */
const SPECS: readonly MaterialSpec[] = [
  RSA,
  RSA,
  { kty: 'EC', crv: 'P-256' },
  RSA,
  RSA,
  { kty: 'oct', size: 256 },
];
const OPS = {
  RSA: ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey'],
  EC: ['sign', 'verify', 'deriveKey'],
  oct: ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'],
  OKP: ['sign', 'verify'],
} as const;

/** Changes that make `count` keys named `seed-00001` and so on, all created at `now` (unix seconds; a moment ago would pass for a change under way). */
export async function seedKeys(
  count: number,
  now: number,
  firstOrder: number,
  random: (size: number) => Buffer,
): Promise<Change[]> {
  if (count === 0) return [];
  const materials = await Promise.all(SPECS.slice(0, count).map(generateMaterial));
  return Array.from({ length: count }, (_, index): Change => {
    const material = materials[index % materials.length];
    if (!material) throw new RangeError('no material to share');
    const name = `seed-${String(index + 1).padStart(5, '0')}`;
    const order = firstOrder + index;
    return { type: 'putKey', key: { name, order, versions: [seedVersion(material, now, random)] } };
  });
}

function seedVersion(material: KeyMaterial, now: number, random: (size: number) => Buffer): KeyVersion {
  return {
    id: newVersionId({ random }),
    created: now,
    updated: now,
    enabled: true,
    exportable: false,
    keyOps: [...OPS[material.kty]],
    material,
  };
}
