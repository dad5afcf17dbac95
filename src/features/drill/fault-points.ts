/**
 * The recovery points of drills that must fail: in a container of their own, sealed with a key of their own. Neither is read by anything
 * else, so a wrong recovery point counts nowhere.
 */
import { WardenError } from '../../core/errors.ts';
import type { BackupRecord } from '../../core/model/backup-record.ts';
import type { PublicKeys } from '../../core/model/public-key.ts';
import type { BackupStore, Clock, Logger, StoredBackup } from '../../core/ports.ts';
import { keyIdOf } from '../../core/seal/pinned-keys.ts';
import type { Sealer } from '../../core/seal/sealer.ts';
import type { Seals } from '../../core/seal/seals.ts';
import { PointSeals, pointFacts } from '../recovery-points/point-seals.ts';
import { ProvenBackups } from '../recovery-points/proven-backups.ts';
import type { FaultContainer } from './ports.ts';

/** A recovery point as a trial makes it. */
export interface FaultPoint {
  readonly record: BackupRecord;
  readonly bytes: Uint8Array;
  /** The public keys that are kept beside it. */
  readonly keys: PublicKeys;
  /** Whether its seal is one over other facts, as that of a record that was changed later. */
  readonly isForged?: true;
}

/** What {@link FaultPoints} work with. */
export interface FaultPointsDeps {
  readonly container: FaultContainer;
  /** Seals with the key of the trials, and by that one alone; absent where the settings name none. */
  readonly own: (Seals & { readonly sealer: Sealer }) | undefined;
  /** What the recovery points of real drills are judged by. */
  readonly seals: Seals | undefined;
  readonly resourceOf: (hsm: string) => string | undefined;
  readonly clock: Clock;
}

/** Said of a trial that seals nothing, though real drills check seals. */
const NO_SEAL_CHECK = 'the check of the seal';

/** What is left out of the log: the one sample without a good seal is no news. */
const QUIET: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** One for each app. */
export class FaultPoints {
  /** The container as a drill reads it: where the trial seals, only what has a good seal is there. */
  readonly points: BackupStore;
  /** What of the way of a real drill is not tried, for want of a key. */
  readonly untried: readonly string[];
  readonly #deps: FaultPointsDeps;

  constructor(deps: FaultPointsDeps) {
    const { container, own, seals, clock } = deps;
    this.#deps = deps;
    const resourceOf = (hsm: string) => this.#resource(hsm);
    this.points =
      own === undefined
        ? container.backups
        : new ProvenBackups(container.backups, new PointSeals({ seals: own, resourceOf, clock }), QUIET);
    this.untried = own === undefined && seals !== undefined ? [NO_SEAL_CHECK] : [];
  }

  /** Whether seals are part of the trial. */
  get isSealing(): boolean {
    return this.#deps.own !== undefined;
  }

  /**
   * The point with a seal, where the trial seals. Fails with `seal-unavailable`, also where its key is one that the settings pin: then
   * what it seals would count.
   */
  async seal(point: FaultPoint, signal: AbortSignal): Promise<FaultPoint> {
    const { own } = this.#deps;
    const { seal: _, ...facts } = point.record;
    if (own === undefined) return { ...point, record: facts };
    await this.#requireUnpinned(own, signal);
    const { capturedAt } = facts;
    const sealed = point.isForged === true ? { ...facts, capturedAt: capturedAt + 1 } : facts;
    const about = pointFacts(this.#resource(facts.hsm), sealed);
    const seal = await own.sealer.seal('recovery-point', about, signal);
    return { ...point, record: { ...facts, seal } };
  }

  /** Stores it. Fails as {@link BackupStore.put}. */
  put({ record, bytes, keys }: FaultPoint, signal: AbortSignal): Promise<StoredBackup> {
    return this.#deps.container.backups.put(record, bytes, signal, keys);
  }

  /** Removes every wrong recovery point. Fails with the storage codes. */
  clear(signal: AbortSignal): Promise<void> {
    return this.#deps.container.clear(signal);
  }

  async #requireUnpinned(own: Seals, signal: AbortSignal): Promise<void> {
    const mine = new Set((await own.pinned(signal)).keys.map(keyIdOf));
    const pinned = await this.#deps.seals?.pinned(signal);
    if (pinned?.keys.some((key) => mine.has(keyIdOf(key))) !== true) return;
    throw new WardenError('seal-unavailable', {
      message:
        'The key that WARDEN_DRILL_FAULT_KEY_URL names is pinned in WARDEN_SEAL_PUBLIC_KEYS: what it seals would count.',
      advice: 'Name a key that seals nothing else.',
    });
  }

  #resource(hsm: string): string {
    return this.#deps.resourceOf(hsm) ?? hsm;
  }
}
