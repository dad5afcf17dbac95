// Makes a new version of a key, for create, import and rotate.
import type { KeyMaterial } from '../crypto/material.ts';
import { unproven } from '../errors.ts';
import type { OperationContext, Outcome } from '../model/operation.ts';
import type { Change, KeyRecord, KeyVersion } from '../state/model.ts';
import type { ReadableState } from '../state/pool-state.ts';
import { keyBundle, newestVersion } from './key-bundle.ts';

/** Documented object limits: Microsoft Learn, "Managed HSM service limits". */
const MAX_KEYS = 5000;
const MAX_VERSIONS = 100;

/**
 * What a key may do when nobody says: recorded defaults of the newest builds (EC with deriveKey since November 2023,
 * oct with sign, verify and deriveKey since 2022).
 */
const DEFAULT_OPS = {
  RSA: ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey'],
  EC: ['sign', 'verify', 'deriveKey'],
  oct: ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey', 'sign', 'verify', 'deriveKey'],
  OKP: ['sign', 'verify'],
} as const;

/** What the caller decided about a version; the rest follows from the time and the material. */
export type VersionWish = Partial<
  Pick<KeyVersion, 'enabled' | 'exportable' | 'exp' | 'nbf' | 'keyOps' | 'tags' | 'releasePolicy'>
>;

/**
 * Adds a version to the key of that name, which is made if need be. Answers 200 with the bundle of the version.
 * Throws 409 when the name belongs to a soft-deleted key, 400 for another type than the key has and at the object
 * limits (all unproven forms).
 */
export function addVersion(
  name: string,
  material: KeyMaterial,
  wish: VersionWish,
  state: ReadableState,
  context: OperationContext,
): Outcome {
  const before = state.key(name);
  checkRoom(name, material.kty, before, state, context);
  const now = context.now();
  const { enabled = true, exportable = false, keyOps = DEFAULT_OPS[material.kty], ...rest } = wish;
  const version: KeyVersion = {
    id: newVersionId(context),
    created: now,
    updated: now,
    enabled,
    exportable,
    keyOps: [...keyOps],
    ...rest,
    material,
  };
  const key: KeyRecord = before
    ? { ...before, versions: [...before.versions, version] }
    : { name, order: state.nextOrder, versions: [version] };
  const change: Change = { type: 'putKey', key };
  return { status: 200, body: keyBundle(key, version, context), changes: [change] };
}

/**
 * Throws when the key cannot be made or cannot get a version of type `kty`. Async operations call it early, so that
 * nothing is made in vain.
 */
export function checkRoom(
  name: string,
  kty: KeyMaterial['kty'],
  before: KeyRecord | undefined,
  state: ReadableState,
  context: OperationContext,
): void {
  if (before?.deletion) throw unproven('nameIsDeleted', { name });
  const present = before && newestVersion(before).material.kty;
  if (present !== undefined && present !== kty) throw unproven('otherKeyType', { name, present, kty });
  if (!context.limited) return;
  if (!before && state.activeKeys >= MAX_KEYS) throw unproven('tooManyKeys', { limit: MAX_KEYS });
  if (before && before.versions.length >= MAX_VERSIONS) {
    throw unproven('tooManyVersions', { limit: MAX_VERSIONS });
  }
}

/**
 * 32 hex digits as counted over 1249 recorded ones: digit 13 is 0 or 4, digit 17 is 0-3 or 8-b; the rest is random.
 */
export function newVersionId(context: Pick<OperationContext, 'random'>): string {
  const bytes = context.random(16);
  bytes.writeUInt8(bytes.readUInt8(6) & 0x4f, 6);
  bytes.writeUInt8(bytes.readUInt8(8) & 0xbf, 8);
  return bytes.toString('hex');
}
