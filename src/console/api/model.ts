/** What the API answers, by the names that the pages use. Times are ISO texts. */
import type { AuditEntry } from '../../features/audit/entry.ts';
import type { Home, Night } from '../../features/console/model.ts';
import type { RecoveryView } from '../../features/recovery/model/asking.ts';

export type { AuditVerdict } from '../../features/audit/verify-audit.ts';
export type {
  DrilledKey,
  DrillHsm,
  DrillPage,
  Home,
  HomeHsm,
  InboxItem,
  KeyLine,
  KeyPage,
  KeyStory as KeyDetail,
  Me,
  Night,
  NightDetail,
  NightRun,
  SettingsView as Settings,
  SignInConfig as Config,
  TimelineEvent,
  WaitingRequest,
} from '../../features/console/model.ts';
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
}
