/** One key, backed up and proven: versions noted, backup taken, checked, stored under a new name, read back, compared. */

import { isWardenError, WardenError } from '../../core/errors.ts';
import { BACKUP_FORMAT, type BackupRecord } from '../../core/model/backup-record.ts';
import type { ListedKey, VersionFact } from '../../core/model/key.ts';
import { type PublicKey, type PublicKeys, thumbprintOf } from '../../core/model/public-key.ts';
import type { BackupStore, Clock, KeyService, Pacer, StoredBackup } from '../../core/ports.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { FreshBackup } from './fresh-backup.ts';
import type { PointSeals } from './point-seals.ts';
import { checkBackupStructure } from './structure.ts';

/** What backing up one key needs. */
export interface BackUpKeyDeps {
  readonly keys: KeyService;
  readonly backups: BackupStore;
  readonly pacer: Pacer;
  readonly clock: Clock;
  /** Seals what the HSM gives out, where seals are configured. */
  readonly points?: PointSeals | undefined;
}

/** What is known of a key from an earlier recovery point. */
interface KnownPoint {
  readonly blob: string;
  readonly versions: readonly VersionFact[];
}

/** One attempt at one key. */
export interface BackUpKeyRequest {
  readonly key: ListedKey;
  readonly runId: string;
  /** An earlier backup of the key: a version's public key never changes, so what is known is not read again. */
  readonly known: KnownPoint | undefined;
  readonly signal: AbortSignal;
}

/**
 * Backs up one key. Where seals are configured and the sealing key is out of reach, the backup is stored without a seal, and
 * {@link unsealedBecause} says why. Fails with the codes of {@link KeyService} and {@link BackupStore}, `backup-malformed`,
 * or `backup-mismatch` when what the store gives back is not what was sent.
 */
export function backUpKey(deps: BackUpKeyDeps, request: BackUpKeyRequest): Promise<StoredBackup> {
  return backingUp(deps, request)();
}

/**
 * {@link backUpKey} for a caller that repeats what failed. A repetition goes on with the backup that was taken, which may be
 * stored already: its answer was lost, or it could not be read back. So a key has one backup, however often it is tried.
 */
export function backingUp(deps: BackUpKeyDeps, request: BackUpKeyRequest): () => Promise<StoredBackup> {
  const { signal } = request;
  const { backups } = deps;
  const proving = { backups: backups.all ?? backups };
  let taken: TakenBackup | undefined;
  return async () => {
    taken ??= await takeBackup(deps, request);
    const stored = await backups.put(taken.record, taken.backup, signal, taken.keys);
    try {
      await proveStored(proving, stored, signal).catch((error: unknown) => {
        // Once more: what was garbled may have been the answer, not the blob.
        if (!isWardenError(error, 'backup-mismatch')) throw error;
        return proveStored(proving, stored, signal);
      });
      return stored;
    } catch (error) {
      if (isWardenError(error, 'backup-mismatch')) taken = undefined;
      throw error;
    }
  };
}

/** A backup as the HSM gave it, with what will be claimed of it. */
interface TakenBackup {
  readonly record: BackupRecord;
  readonly backup: Uint8Array;
  readonly keys: PublicKeys;
}

async function takeBackup(deps: BackUpKeyDeps, request: BackUpKeyRequest): Promise<TakenBackup> {
  const { key, signal } = request;
  // Versions first: one made in between is in the backup but not claimed. The other way round we would claim too much.
  const { versions, keys } = await noteVersions(deps, request);
  await deps.pacer.take(signal);
  const fresh = await FreshBackup.take(deps.keys, key.name, signal);
  deps.pacer.succeeded();
  checkBackupStructure(fresh.bytes, key.name, deps.keys.hsm);
  const unsealed = describe(deps, request, versions, fresh);
  const record = (await deps.points?.seal(fresh, unsealed, signal)) ?? unsealed;
  return { record, backup: fresh.bytes, keys };
}

/** Why a backup that was just taken is no recovery point, though seals are configured; undefined when it is one. */
export function unsealedBecause(
  { points }: Pick<BackUpKeyDeps, 'points'>,
  { blob, record: { hsm, key, seal } }: StoredBackup,
): WardenError | undefined {
  if (points === undefined || seal !== undefined) return undefined;
  const { failure } = points;
  return new WardenError('seal-unavailable', {
    message: `The backup ${blob} of key ${key} on HSM ${hsm} is stored, but not sealed: ${failure?.message ?? 'the sealing key is out of reach.'}`,
    advice: 'It is no recovery point. The key is backed up again, and sealed, when the sealing key is back.',
    hsm,
    key,
    cause: failure,
  });
}

/**
 * Reads a stored backup again and compares its SHA-256. Returns it as found there, with the version of its name, which no
 * list reports. Fails with `backup-mismatch`, `blob-missing` or a storage code.
 */
export async function proveStored(
  deps: Pick<BackUpKeyDeps, 'backups'>,
  stored: StoredBackup,
  signal?: AbortSignal,
): Promise<StoredBackup> {
  const { record, blob } = stored;
  let found: string;
  try {
    const fetched = await deps.backups.fetch({ blob }, signal);
    found = `SHA-256 ${sha256Hex(fetched.bytes)}`;
    if (found === `SHA-256 ${record.sha256}`) return fetched.stored;
  } catch (error) {
    if (!isWardenError(error, 'backup-damaged')) throw error;
    throw mismatch(stored, 'other facts or another length', error);
  }
  throw mismatch(stored, found);
}

function mismatch({ blob, record }: StoredBackup, found: string, cause?: unknown): WardenError {
  return new WardenError('backup-mismatch', {
    message: `The backup ${blob} of key ${record.key} on HSM ${record.hsm} reads back with ${found}, expected SHA-256 ${record.sha256}.`,
    advice: 'Another backup of the key is taken; do not restore from this one.',
    hsm: record.hsm,
    key: record.key,
    cause,
  });
}

async function noteVersions(deps: BackUpKeyDeps, request: BackUpKeyRequest): Promise<NotedVersions> {
  const { key, known, signal } = request;
  const listed = await deps.keys.listVersions(key.name, signal);
  if (listed.length === 0) throw gone(deps.keys.hsm, key.name);
  const facts = new Map(known?.versions.map((fact) => [fact.version, fact]));
  const kept = await keptKeys(deps, known, signal);
  const keys = new Map<string, PublicKey>();
  const versions = await Promise.all(
    listed.map(async ({ version }) => {
      const fact = facts.get(version);
      const { thumbprint, publicKey } =
        fact === undefined || isWithoutKey(fact, kept)
          ? await deps.keys.getKey(key.name, version, signal)
          : { thumbprint: fact.thumbprint, publicKey: kept.get(version) };
      if (publicKey !== undefined) keys.set(version, publicKey);
      return thumbprint === undefined ? { version } : { version, thumbprint };
    }),
  );
  return { versions, keys };
}

/** Versions, oldest first, and the public keys of those that have one. */
interface NotedVersions {
  readonly versions: VersionFact[];
  readonly keys: PublicKeys;
}

/** What is kept beside an earlier backup; nothing where it cannot be read: the HSM says it, too. */
async function keptKeys(
  { backups }: BackUpKeyDeps,
  known: KnownPoint | undefined,
  signal: AbortSignal,
): Promise<PublicKeys> {
  if (known === undefined) return new Map();
  try {
    return await backups.publicKeysOf(known.blob, signal);
  } catch (error) {
    if (!isWardenError(error, 'backup-damaged')) throw error;
    return new Map();
  }
}

/** Whether the public key of a known version is not kept, or another one is: its thumbprint is what counts. */
function isWithoutKey({ version, thumbprint }: VersionFact, kept: PublicKeys): boolean {
  const key = kept.get(version);
  return thumbprint !== undefined && (key === undefined || thumbprintOf(key) !== thumbprint);
}

function describe(
  deps: BackUpKeyDeps,
  request: BackUpKeyRequest,
  versions: VersionFact[],
  { hsm, key, sha256, bytes }: FreshBackup,
): BackupRecord {
  const { attributes } = request.key;
  const newest = versions.at(-1)?.version ?? '';
  return {
    format: BACKUP_FORMAT,
    hsm,
    key,
    keyId: `${key}/${newest}`,
    createdAt: attributes.createdAt,
    updatedAt: attributes.updatedAt,
    capturedAt: deps.clock.now(),
    sha256,
    bytes: bytes.length,
    runId: request.runId,
    versions,
  };
}

function gone(hsm: string, key: string): WardenError {
  return new WardenError('key-not-found', {
    message: `The key ${key} on HSM ${hsm} was listed, but is gone now.`,
    advice: 'It was deleted meanwhile; look at the deleted keys.',
    hsm,
    key,
  });
}
