/** The keys that a first start finds: kinds, ages and states as in a company that has used its HSMs for a while. */
import { randomBytes } from 'node:crypto';
import { generateMaterial, type KeyMaterial, type MaterialSpec } from '../../emulator/crypto/material.ts';
import type { Change, KeyVersion } from '../../emulator/state/model.ts';

const DAY_SECONDS = 86_400;

const RSA2048 = { kty: 'RSA', size: 2048, publicExponent: 65537 } as const;
const RSA3072 = { kty: 'RSA', size: 3072, publicExponent: 65537 } as const;
const P256 = { kty: 'EC', crv: 'P-256' } as const;
const P384 = { kty: 'EC', crv: 'P-384' } as const;
const AES256 = { kty: 'oct', size: 256 } as const;

/** A key as the list below describes it; days count back from the start. */
interface Seed {
  readonly name: string;
  readonly spec: MaterialSpec;
  /** Age of each version, oldest first. */
  readonly versions: readonly number[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly disabled?: boolean;
  readonly expiresIn?: number;
  /** A first start deletes it, once it has its backup. */
  readonly deleted?: true;
}

const CONTOSO: readonly Seed[] = [
  {
    name: 'disk-encryption-prod',
    spec: RSA3072,
    versions: [700, 340, 12],
    tags: { owner: 'platform', env: 'prod' },
  },
  { name: 'disk-encryption-test', spec: RSA2048, versions: [410], tags: { owner: 'platform', env: 'test' } },
  { name: 'sql-tde-orders', spec: RSA3072, versions: [655, 290], tags: { owner: 'data', env: 'prod' } },
  { name: 'sql-tde-customers', spec: RSA3072, versions: [655], tags: { owner: 'data', env: 'prod' } },
  { name: 'storage-cmk-archive', spec: RSA2048, versions: [520], tags: { owner: 'platform' } },
  { name: 'storage-cmk-media', spec: RSA2048, versions: [204, 20] },
  { name: 'document-signing', spec: P384, versions: [365], expiresIn: 365, tags: { owner: 'legal' } },
  { name: 'code-signing', spec: RSA3072, versions: [88], tags: { owner: 'release' } },
  { name: 'tls-offload-www', spec: P256, versions: [61, 31, 1], tags: { owner: 'edge' } },
  { name: 'payments-data', spec: AES256, versions: [300], tags: { owner: 'payments', env: 'prod' } },
  { name: 'token-signing-old', spec: RSA2048, versions: [900], expiresIn: -170, disabled: true },
  { name: 'backup-wrapping', spec: AES256, versions: [610] },
  { name: 'invoice-signing-2024', spec: P256, versions: [690], deleted: true, tags: { owner: 'finance' } },
];

const FABRIKAM: readonly Seed[] = [
  { name: 'cosmos-cmk-profiles', spec: RSA2048, versions: [330], tags: { owner: 'identity' } },
  { name: 'cosmos-cmk-sessions', spec: RSA2048, versions: [330, 150] },
  { name: 'disk-encryption-dr', spec: RSA3072, versions: [412, 48], tags: { owner: 'platform', env: 'dr' } },
  { name: 'firmware-signing', spec: P384, versions: [755], tags: { owner: 'devices' } },
  { name: 'iot-device-root', spec: P256, versions: [755], tags: { owner: 'devices' } },
  { name: 'ledger-hash', spec: AES256, versions: [118] },
  { name: 'mail-dkim', spec: RSA2048, versions: [260, 80] },
  { name: 'saml-signing', spec: RSA2048, versions: [140], expiresIn: 225, tags: { owner: 'identity' } },
  { name: 'vpn-gateway', spec: P256, versions: [33] },
  { name: 'warehouse-tde', spec: RSA3072, versions: [470], tags: { owner: 'data' } },
  { name: 'partner-exchange', spec: P384, versions: [15], disabled: true },
  { name: 'timestamping', spec: RSA3072, versions: [222] },
  { name: 'poc-encryption', spec: AES256, versions: [95], deleted: true },
];

/** The keys that the first HSMs have by name; those after them have numbered keys alone. */
const LISTED: readonly (readonly [hsm: string, seeds: readonly Seed[]])[] = [
  ['contoso', CONTOSO],
  ['fabrikam', FABRIKAM],
];

/** How many HSMs a start makes unless it is asked for more. */
export const USUAL_HSMS = LISTED.length;

/** The names of the first `count` HSMs. */
export function hsmNames(count: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, order) => LISTED[order]?.[0] ?? `branch-${String(order + 1).padStart(2, '0')}`,
  );
}

/** How many active keys the list has, all its HSMs together. */
export const LISTED_KEYS = [...CONTOSO, ...FABRIKAM].filter(({ deleted }) => deleted === undefined).length;

const OPS = {
  RSA: ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey'],
  EC: ['sign', 'verify', 'deriveKey'],
  oct: ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'],
  OKP: ['sign', 'verify'],
} as const;

/** What the keys of one kind share, within a start: making material for each key, or for each HSM, would take minutes. */
export type Materials = Map<string, Promise<KeyMaterial>>;

/** One of the HSMs of a start. */
export interface SeededHsm {
  /** Its place, from 0, and how many there are. */
  readonly order: number;
  readonly hsms: number;
  /** Active keys, all HSMs together. */
  readonly activeKeys: number;
  readonly materials: Materials;
}

/**
 * Changes that fill one HSM so that all together have the active keys that were asked for: the first ones of the list, then
 * numbered ones, each HSM as many as the others, or one more.
 */
export async function seedWorld(hsm: SeededHsm, now: number): Promise<Change[]> {
  return changesOf(seedsFor(hsm), hsm.materials, now);
}

/** Changes that fill an HSM with so many numbered keys. */
export function numberedKeys(count: number, now: number): Promise<Change[]> {
  return changesOf(
    Array.from({ length: count }, (_, index) => numberedSeed(index)),
    new Map(),
    now,
  );
}

function changesOf(seeds: readonly Seed[], materials: Materials, now: number): Promise<Change[]> {
  const materialOf = (spec: MaterialSpec) => {
    const id = JSON.stringify(spec);
    const made = materials.get(id) ?? generateMaterial(spec);
    materials.set(id, made);
    return made;
  };
  return Promise.all(
    seeds.map(async (seed, order) => toChange(seed, order, now, await materialOf(seed.spec))),
  );
}

function seedsFor({ order, hsms, activeKeys }: SeededHsm): Seed[] {
  const wanted = Math.floor(activeKeys / hsms) + (order < activeKeys % hsms ? 1 : 0);
  const listed = LISTED[order]?.[1] ?? [];
  const active = listed.filter(({ deleted }) => deleted === undefined).slice(0, wanted);
  const numbered = Array.from({ length: wanted - active.length }, (_, index) => numberedSeed(index));
  return [...active, ...numbered, ...listed.filter(({ deleted }) => deleted !== undefined)];
}

function numberedSeed(index: number): Seed {
  const spec = [RSA2048, P256, AES256, RSA3072][index % 4] ?? RSA2048;
  return { name: `service-${String(index + 1).padStart(4, '0')}`, spec, versions: [30 + (index % 300)] };
}

function toChange(seed: Seed, order: number, now: number, material: KeyMaterial): Change {
  const versions = seed.versions.map((age): KeyVersion => {
    const created = now - age * DAY_SECONDS;
    return {
      id: randomBytes(16).toString('hex'),
      created,
      updated: created,
      enabled: seed.disabled !== true,
      exportable: false,
      keyOps: [...OPS[material.kty]],
      material,
      ...(seed.tags !== undefined && { tags: { ...seed.tags } }),
      ...(seed.expiresIn !== undefined && { exp: now + seed.expiresIn * DAY_SECONDS }),
    };
  });
  // A deleted one comes to be deleted later: its backup is taken before that.
  return { type: 'putKey', key: { name: seed.name, order, versions } };
}

/** The names of the keys of an HSM that the list has as deleted. */
export function deletedSeeds(hsm: string): readonly string[] {
  const seeds = LISTED.find(([name]) => name === hsm)?.[1] ?? [];
  return seeds.filter(({ deleted }) => deleted === true).map(({ name }) => name);
}
