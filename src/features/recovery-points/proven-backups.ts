/**
 * The store of backups where seals are configured: what has no good seal is no recovery point. It is not listed and not
 * fetched here, so whatever chooses, counts or compares recovery points cannot come upon it.
 */
import { WardenError } from '../../core/errors.ts';
import type { PublicKeys } from '../../core/model/public-key.ts';
import type {
  BackupPins,
  BackupPlace,
  BackupStore,
  FetchedBackup,
  Logger,
  StoredBackup,
} from '../../core/ports.ts';
import type { PointSeals } from './point-seals.ts';

/** Blobs named in one line of the log. */
const NAMED = 5;

/** A {@link BackupStore} of recovery points only. */
export class ProvenBackups implements BackupStore, BackupPins {
  /** The store with everything in it: to show, to report and to read back, never to choose from. */
  readonly all: BackupStore;
  readonly #inner: BackupStore & BackupPins;
  readonly #seals: PointSeals;
  readonly #logger: Logger;

  constructor(inner: BackupStore & BackupPins, seals: PointSeals, logger: Logger) {
    this.all = inner;
    this.#inner = inner;
    this.#seals = seals;
    this.#logger = logger;
  }

  put(...given: Parameters<BackupStore['put']>): Promise<StoredBackup> {
    return this.#inner.put(...given);
  }

  publicKeysOf(blob: string, signal?: AbortSignal): Promise<PublicKeys> {
    return this.#inner.publicKeysOf(blob, signal);
  }

  read(blob: string, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#inner.read(blob, signal);
  }

  pin(blob: string, signal?: AbortSignal): Promise<string> {
    return this.#inner.pin(blob, signal);
  }

  /** As the port says; fails with `backup-unsealed`, too, and with `seal-unavailable`. */
  async fetch(place: BackupPlace, signal?: AbortSignal): Promise<FetchedBackup> {
    const judge = await this.#seals.judge(signal);
    const found = await this.#inner.fetch(place, signal);
    const verdict = judge(found.stored.record);
    if (verdict.good) return found;
    const { hsm, key } = found.stored.record;
    throw new WardenError('backup-unsealed', {
      message: `The blob ${place.blob} is no recovery point of key ${key} on HSM ${hsm}: its seal does not count, for ${verdict.why}.`,
      advice: 'Choose a sealed backup of the key: hsm-warden backup list --key shows which are.',
      hsm,
      key,
    });
  }

  /** As the port says, of recovery points only; the others are counted in the log. Fails with `seal-unavailable`, too. */
  async *list(hsm: string, key?: string, signal?: AbortSignal): AsyncGenerator<readonly StoredBackup[]> {
    const judge = await this.#seals.judge(signal);
    const named: { readonly blob: string; readonly why: string }[] = [];
    let others = 0;
    for await (const page of this.#inner.list(hsm, key, signal)) {
      yield page.filter(({ blob, record }) => {
        const verdict = judge(record);
        if (verdict.good) return true;
        others += 1;
        if (named.length < NAMED) named.push({ blob, why: verdict.why });
        return false;
      });
    }
    if (others === 0) return;
    this.#logger.warn('blobs without a good seal are no recovery points', { hsm, key, count: others, named });
  }
}
