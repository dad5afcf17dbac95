/** What a run of drills works with, and how it is done. */
import type { AppPorts } from '../../core/app-ports.ts';
import type { BackupStore, Pacer } from '../../core/ports.ts';
import type { RetryPolicy } from '../../core/retry.ts';
import type { FaultPoints } from './fault-points.ts';
import type { GuardFacts } from './guards.ts';
import type { DrillHsm, ReadProperties } from './ports.ts';
import type { SelectDeps } from './select.ts';

/** A drill HSM, with what is done in it. */
export interface DrillSite {
  readonly name: string;
  readonly url: string;
  /** Its id in Azure Resource Manager. */
  readonly resource: string;
  /** The protected HSMs whose keys are drilled here. */
  readonly of: readonly string[];
  readonly hsm: DrillHsm;
  readonly readProperties: ReadProperties;
  /** The pace of each kind of call. */
  readonly pacers: Readonly<Record<'restores' | 'deletes' | 'purges', Pacer>>;
}

/** What a run works with. */
export interface RunDeps extends SelectDeps, Pick<AppPorts, 'leases' | 'clock' | 'logger' | 'bus'> {
  readonly site: DrillSite;
  readonly protectedHsms: GuardFacts['protectedHsms'];
  readonly backups: BackupStore;
  /** The recovery points of drills that must fail. */
  readonly faults: FaultPoints;
  /** Asks for a fresh backup of a key; undefined where nobody takes such a request. */
  readonly askBackup: ((hsm: string, key: string) => Promise<void>) | undefined;
}

/** How a run is done. Durations are milliseconds. */
export interface RunPolicy {
  readonly days: number;
  /** When the next run is due. */
  readonly nextRunAt: number;
  /** Whether it takes a night's share, too. */
  readonly nightly: boolean;
  readonly retry: RetryPolicy;
  readonly concurrency: number;
  readonly budgetMs: number;
}
