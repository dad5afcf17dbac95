/** What the API answers, by the names that the pages use. Times are ISO texts. */
import type { AuditEntry } from '../../features/audit/entry.ts';
import type { Home } from '../../features/console/model/home.ts';
import type { Night } from '../../features/console/model/nights.ts';
import type { RecoveryView } from '../../features/recovery/model/asking.ts';

export type { AuditVerdict } from '../../features/audit/verify-audit.ts';
export type { DrilledKey, DrillHsm, DrillPage } from '../../features/console/model/drills.ts';
export type { Home, HomeHsm } from '../../features/console/model/home.ts';
export type {
  KeyLine,
  KeyPage,
  KeyStory as KeyDetail,
  TimelineEvent,
} from '../../features/console/model/keys.ts';
export type { Night, NightDetail, NightRun } from '../../features/console/model/nights.ts';
export type { Inbox, InboxItem, Me, SignInConfig as Config } from '../../features/console/model/people.ts';
export type { WaitingRequest } from '../../features/console/model/requests.ts';
export type { SettingsView as Settings } from '../../features/console/model/settings.ts';
export type { IncidentView as Incident } from '../../features/recovery/findings/incidents.ts';
export type { AuditEntry, RecoveryView as RequestView };

export type Verdict = Home['verdict'];

/** A page of requests, newest first. */
export interface RequestPage {
  readonly items: readonly RecoveryView[];
  readonly next?: string;
}

/** A page of nights, newest first. */
export interface NightPage {
  readonly items: readonly Night[];
  readonly next?: string;
}

/** A page of the audit log, newest first. */
export interface AuditPage {
  readonly items: readonly AuditEntry[];
  readonly next?: string;
  readonly searchedBackTo?: string;
  readonly notSearched?: readonly string[];
}
