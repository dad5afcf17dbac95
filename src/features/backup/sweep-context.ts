/** What a sweep works with: its ports, its policy, and the bounds of one part. */

import type { KeySelection } from '../../core/model/selection.ts';
import type { BackupStore, Clock, KeyService, Leases, Logger, Pacer, WorkQueue } from '../../core/ports.ts';
import type { RetryPolicy } from '../../core/retry.ts';
import type { Serializer } from '../../core/serializer.ts';
import type { CatalogueStore } from '../recovery-points/catalogue.ts';
import type { PointSeals } from '../recovery-points/point-seals.ts';
import type { KnownBackup } from './known-backups.ts';
import type { RunLedger } from './run-ledger.ts';
import type { RunSummary } from './run-record.ts';

/** What a sweep of one HSM needs. */
export interface SweepDeps {
  readonly keys: KeyService;
  readonly backups: BackupStore;
  readonly state: CatalogueStore;
  readonly leases: Leases;
  readonly queue: WorkQueue;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Seals what the HSM gives out, where seals are configured. */
  readonly points?: PointSeals | undefined;
  /** Shared by all sweeps of a process, as the ledger asks. */
  readonly saves: Serializer;
}

/** How a sweep is to be done. Durations are milliseconds. */
export interface SweepPolicy {
  readonly selection: KeySelection;
  readonly refreshMs: number;
  /** Six-field NCRONTAB text of the nightly run, UTC. */
  readonly schedule: string;
  /** Backups a second as the settings say; the pacer may be slower for a while. */
  readonly pace: number;
  /** Keys under way at the same time; the pace, not this, limits the HSM's load. */
  readonly concurrency: number;
  /** After this long a part takes no further key and hands over to its continuation. */
  readonly budgetMs: number;
  /** When keys are backed up, progress is saved again after this long. */
  readonly checkpointMs: number;
  readonly retry: RetryPolicy;
  /** Reported after each key, for whoever watches. */
  readonly onProgress?: (run: RunSummary) => void;
}

/** The bounds of one part of a run. Times are epoch milliseconds. */
export interface SweepPart {
  readonly hsm: string;
  readonly runId: string;
  readonly deadline: number;
  readonly nextRunAt: number;
  /** Fires when no further key is to be taken; those under way have a moment. */
  readonly stopping: AbortSignal;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
}

/** One part of a run under way: everything that its steps share. */
export interface SweepWork {
  readonly deps: SweepDeps;
  readonly policy: SweepPolicy;
  readonly part: SweepPart;
  readonly ledger: RunLedger;
  /** The newest known backup of each key. */
  readonly backups: ReadonlyMap<string, KnownBackup>;
}
