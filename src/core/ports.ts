/** What the engine needs from the outside world. Every adapter of a port passes that port's contract suite. */
import type { WardenError } from './errors.ts';
import type { BackupRecord } from './model/backup-record.ts';
import type { KeyDetail, ListedDeletedKey, ListedKey, ListedVersion } from './model/key.ts';
import type { PublicKeys } from './model/public-key.ts';
import type { Queue } from './queue.ts';

/** The time, and waiting for it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with `aborted` as soon as `signal` fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Structured log lines: `message` is constant text, everything variable is in `fields`. Never secrets, tokens or backups. */
export interface Logger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * The keys of one Managed HSM. Each call is one attempt: repeating and pacing belong to the caller.
 *
 * Any method may fail with `hsm-unreachable`, `hsm-throttled`, `hsm-unavailable`, `hsm-busy`,
 * `hsm-token-unavailable`, `hsm-unauthenticated`, `hsm-forbidden`, `hsm-refused` or `hsm-answer-unexpected`.
 */
export interface KeyService {
  /** The HSM's name in the settings. */
  readonly hsm: string;
  /** One page of the active keys (at most 25, in order of creation): the first, or the one that `next` of the page before names. */
  listKeys(next?: string, signal?: AbortSignal): Promise<ListPage<ListedKey>>;
  /** One page of the soft-deleted keys. A page may be short without being the last. */
  listDeletedKeys(next?: string, signal?: AbortSignal): Promise<ListPage<ListedDeletedKey>>;
  /** All versions of a key, oldest first; empty when there is no such active key. */
  listVersions(name: string, signal?: AbortSignal): Promise<readonly ListedVersion[]>;
  /** One version, or the newest. Fails with `key-not-found` (also for a soft-deleted key). */
  getKey(name: string, version?: string, signal?: AbortSignal): Promise<KeyDetail>;
  /** A soft-deleted key. Fails with `key-not-found`. */
  getDeletedKey(name: string, signal?: AbortSignal): Promise<KeyDetail & ListedDeletedKey>;
  /** The encrypted backup of all versions: an ASCII compact JWE. Fails with `key-not-found`. */
  backupKey(name: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Restores all versions. Fails with `key-name-conflict` (active or soft-deleted key of that name), `backup-foreign`. */
  restoreKey(backup: Uint8Array, signal?: AbortSignal): Promise<KeyDetail>;
  /** Undeletes a soft-deleted key. Fails with `key-not-found`. */
  recoverKey(name: string, signal?: AbortSignal): Promise<KeyDetail>;
}

/** One page of a list; the last has no `next`. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; asks for the page after this one. */
  readonly next?: string;
}

/** An item of a list that could not be read. Whoever lists counts it: it is a key all the same. */
export interface OddItem {
  /** The key's name, where at least that could be read. */
  readonly name?: string;
  /** `hsm-answer-unexpected`, with what was odd. */
  readonly error: WardenError;
}

/** One page of a list whose items are read one by one. */
export interface ListPage<T> extends Page<T> {
  readonly odd?: readonly OddItem[];
}

/**
 * The immutable store of key backups. Nothing is ever overwritten or deleted through this port.
 *
 * Any method may fail with `storage-unreachable`, `storage-throttled`, `storage-unavailable`,
 * `storage-forbidden`, `storage-refused` or `storage-token-unavailable`.
 */
export interface BackupStore {
  /**
   * Set where this store shows recovery points only, those with a good seal: the store with everything in it, to show, to report
   * and to read back, never to choose from.
   */
  readonly all?: BackupStore;
  /**
   * Writes a backup under a new name; its place follows from the record. `keys` are kept beside it, and before it: no backup is
   * without its own. Fails with `blob-exists`, or `clock-wrong` when our clock and the store's differ by more than a minute.
   */
  put(
    record: BackupRecord,
    backup: Uint8Array,
    signal?: AbortSignal,
    keys?: PublicKeys,
  ): Promise<StoredBackup>;
  /**
   * The public keys that were kept beside a backup; none beside one of before they were kept. Whoever can write storage can have
   * made them: they count by the thumbprints of the record. Fails with `backup-damaged` when they cannot be read, or
   * say that they are those of another key or HSM.
   */
  publicKeysOf(blob: string, signal?: AbortSignal): Promise<PublicKeys>;
  /** The bytes as stored. Fails with `blob-missing`. */
  read(blob: string, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * One version of a backup, facts and bytes from a single read: the version that `place` names, or the current one, whose
   * identifier the answer then carries where the store keeps versions. Fails with `blob-missing`, or `backup-damaged` when
   * the facts are not those of a backup of this name.
   */
  fetch(place: BackupPlace, signal?: AbortSignal): Promise<FetchedBackup>;
  /**
   * Records of all backups of an HSM, or of one key, pinned copies included, page by page in the order of their names:
   * by key and then time of capture, the pinned copies apart.
   */
  list(hsm: string, key?: string, signal?: AbortSignal): AsyncIterable<readonly StoredBackup[]>;
}

/** Keeps single backups beyond every lifecycle rule. */
export interface BackupPins {
  /**
   * Copies the backup `blob` with its facts to the pinned part of the store and returns the copy's name; a copy that is
   * there already is left as it is. Fails with `blob-missing` or the storage codes of {@link BackupStore}.
   */
  pin(blob: string, signal?: AbortSignal): Promise<string>;
}

/** A backup in the store. */
export interface StoredBackup {
  /** Its name in the container. */
  readonly blob: string;
  /** The store's own version of that name, where it keeps versions. */
  readonly versionId?: string;
  /** When the store accepted it, by the store's clock, epoch milliseconds. */
  readonly storedAt: number;
  readonly record: BackupRecord;
}

/** Where a backup is: a name, and the version of it that is meant. */
export type BackupPlace = Pick<StoredBackup, 'blob' | 'versionId'>;

/** A backup with its bytes, as one read found them. */
export interface FetchedBackup {
  readonly stored: StoredBackup;
  readonly bytes: Uint8Array;
}

/**
 * Exclusive right to work on something. While it is held the adapter prolongs it on its own timer;
 * when its holder dies it lapses after the seconds it was taken for.
 */
export interface Lease {
  /** Fires with a `lease-lost` WardenError as its reason when the lease could not be prolonged in time. */
  readonly lost: AbortSignal;
  /** Stops prolonging and gives it back; a lease already lost is no error. */
  release(): Promise<void>;
}

/** Gives leases. */
export interface Leases {
  /** Takes the lease `name` for `seconds` (15 to 60) at a time. Fails with `lease-held`, or a storage code. */
  acquire(name: string, seconds: number): Promise<Lease>;
}

/** Messages to the product's own workers. */
export interface WorkQueue {
  /** Sends the JSON of `message`, visible after `delaySeconds`. May fail with the storage codes. */
  send<Message>(queue: Queue<Message>, message: Message, delaySeconds?: number): Promise<void>;
}

/** What lies in a queue and nobody has taken. */
export interface WaitingWork {
  /** Of a queue with many messages only the first are counted. */
  readonly count: number;
  /** When the oldest of them was sent, epoch milliseconds. */
  readonly since: number;
}

/** Looks into queues without taking anything. May fail with the storage codes. */
export interface QueueLook {
  /** Undefined where nothing waits. What is being worked on, or is to be seen later, does not wait. */
  waitingIn(queue: Pick<Queue, 'name'>): Promise<WaitingWork | undefined>;
}

/** A message that failed too often, so that nobody works on it any more. */
export interface DeadLetter {
  /** The queue it came from. */
  readonly queue: string;
  readonly id: string;
  /** Epoch milliseconds. */
  readonly setAsideAt: number;
  /** As it was sent, unchecked: it may be anything. */
  readonly message: unknown;
}

/** The messages that were set aside. May fail with the storage codes. */
export interface DeadLetters {
  /** Up to 1024 of each queue; they stay where they are. Where there are more than 32, they are hidden for a moment. */
  list(): Promise<readonly DeadLetter[]>;
  /** Sends one to its queue again; false when it is not there. */
  retry(letter: Pick<DeadLetter, 'queue' | 'id'>): Promise<boolean>;
  /** Sends all of one queue again, but for what is set aside meanwhile; returns how many. */
  retryAll(queue: string): Promise<number>;
}

/** Decides when the next request to one HSM may start. */
export interface Pacer {
  /** Requests a second at this moment. */
  readonly rate: number;
  /** Resolves when the next request may start. */
  take(signal?: AbortSignal): Promise<void>;
  /** The HSM asked for less (429 or 503). */
  throttled(retryAfterMs?: number): void;
  /** A request went well. */
  succeeded(): void;
}
