/** The features of the product, by app. Another feature is a line here. */
import type { AppPorts } from '../core/app-ports.ts';
import type { Feature } from '../core/feature.ts';
import type { OnceStore } from '../core/once-store.ts';
import type { Route } from '../core/route.ts';
import type { AuditAnchor, AuditStore } from '../features/audit/audit-log.ts';
import type { DecisionSeals } from '../features/audit/line-seals.ts';
import { AUDIT_FEED } from '../features/audit-feed/manifest.ts';
import { BACKUP } from '../features/backup/manifest.ts';
import { CONSOLE_ROUTES, type ConsoleApp } from '../features/console/routes.ts';
import { DRILL, type DrillApp } from '../features/drill/manifest.ts';
import { FLEET_FEATURE, type FleetApp } from '../features/fleet/manifest.ts';
import { FLEET_SUMMARY_FEATURE, type FleetSummaryApp } from '../features/fleet-summary/manifest.ts';
import { NOTIFY, type NotifyApp } from '../features/notify/manifest.ts';
import type { Caller } from '../features/recovery/access/caller.ts';
import type { RecoveryApp } from '../features/recovery/app.ts';
import { RECOVERY, RECOVERY_ROUTES } from '../features/recovery/manifest.ts';
import type { PointSeals } from '../features/recovery-points/point-seals.ts';
import { VERIFY } from '../features/verify/manifest.ts';
import { WATCH, type WatchApp } from '../features/watch/manifest.ts';
import type { Config } from './config/config.ts';

/** What every feature of the backup app is given for one call. */
export interface BackupAppPorts
  extends AppPorts,
    Pick<WatchApp, 'onScanned' | 'drillsOf'>,
    Pick<NotifyApp, 'channels' | 'severityOf' | 'writes' | 'wakes' | 'known'>,
    Pick<FleetApp, 'discovery' | 'seals'>,
    Pick<FleetSummaryApp, 'fleetSummaries'> {
  readonly config: Config;
  /** Of the recovery app, which alone writes them. */
  readonly auditStore: AuditStore;
  readonly anchor: AuditAnchor;
  readonly once: OnceStore;
  /** Judges decisions of the recovery app, where they are sealed. */
  readonly decisions: DecisionSeals | undefined;
  /** Seals recovery points, where seals are configured. */
  readonly points: PointSeals | undefined;
}

/** The function that answers the description of the API. */
export const OPENAPI = 'openapi';

/**
 * The function that answers with the pages of the console, for every path that is left. The host tries functions in the order of
 * their names (github.com/Azure/azure-functions-host issue 9876), so this one must be the last.
 */
export const PAGES = 'zConsolePages';

/** What the backup app runs. */
export const BACKUP_FEATURES: readonly Feature<Config, BackupAppPorts>[] = [
  BACKUP,
  WATCH,
  VERIFY,
  AUDIT_FEED,
  FLEET_FEATURE,
  FLEET_SUMMARY_FEATURE,
  // Here and not in the recovery app: what sends to services outside must not hold the right to restore keys.
  NOTIFY,
];

/** What the recovery app runs. */
export const RECOVERY_FEATURES: readonly Feature<Config, RecoveryApp>[] = [RECOVERY];

/** What the drill app runs. */
export const DRILL_FEATURES: readonly Feature<Config, DrillApp>[] = [DRILL];

/** The queues of the drill app, which is there only where a drill HSM is. */
export const DRILL_QUEUES: readonly string[] = queuesIn(DRILL_FEATURES);

/** The names of all other queues; each has a poison queue beside it. */
export const QUEUES: readonly string[] = queuesIn([...BACKUP_FEATURES, ...RECOVERY_FEATURES]);

/** What the routes of the API work with. */
export type ApiApp = RecoveryApp & ConsoleApp;

/** Every route of the API but its own description. */
export const API_ROUTES: readonly Route<ApiApp, Caller>[] = [
  ...RECOVERY_ROUTES,
  ...Object.values(CONSOLE_ROUTES),
];

/** The functions that each app registers; `openapi` is the description of the API itself. */
export const FUNCTION_NAMES: Readonly<Record<'backup' | 'recovery' | 'drill', readonly string[]>> = {
  backup: namesIn(BACKUP_FEATURES),
  drill: namesIn(DRILL_FEATURES),
  recovery: [...namesIn(RECOVERY_FEATURES), ...API_ROUTES.map(({ spec }) => spec.name), OPENAPI, PAGES],
};

function queuesIn(features: readonly { readonly queues: readonly { readonly name: string }[] }[]) {
  return features.flatMap(({ queues }) => queues.map(({ name }) => name));
}

function namesIn(features: readonly { readonly triggers: readonly { readonly name: string }[] }[]) {
  return features.flatMap(({ triggers }) => triggers.map(({ name }) => name));
}
