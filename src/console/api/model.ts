/** What the API answers, as far as the pages show it. Times are ISO texts. */
import type { AuditEntry } from '../../features/audit/entry.ts';
import type { RecoveryView } from '../../features/recovery/model/asking.ts';

export type { AuditEntry };

export type Verdict = 'safe' | 'at-risk' | 'unknown';

export interface Config {
  readonly version: string;
  readonly authority: string;
  readonly knownAuthorities: readonly string[];
  readonly protocolMode: 'AAD' | 'OIDC';
  readonly clientId: string;
  readonly scope: string;
  readonly authorityMetadata?: string;
  readonly local: boolean;
  readonly approvalSignInMinutes: number;
}

export interface Me {
  readonly name: string;
  readonly id: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly groupsUnknown: boolean;
  readonly signedInAt?: string;
  readonly contexts: readonly string[];
  readonly can: {
    readonly read: boolean;
    readonly request: boolean;
    readonly approve: boolean;
    readonly audit: boolean;
  };
}

export interface Home {
  readonly now: string;
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly sealed: boolean;
  readonly judgedAt?: string;
  readonly gate: { readonly armed: boolean; readonly problems: readonly string[] };
  readonly hsms: readonly HomeHsm[];
  readonly waiting: {
    readonly count: number;
    readonly unknown?: string;
    readonly items: readonly WaitingRequest[];
  };
  readonly nights: readonly Night[];
}

export interface HomeHsm {
  readonly hsm: string;
  readonly verdict: Verdict;
  readonly why?: string;
  readonly sealed: boolean;
  readonly judgedAt?: string;
  readonly staleAfter?: string;
  readonly counts?: Readonly<
    Record<
      'active' | 'covered' | 'excluded' | 'deleted' | 'restorable' | 'risks' | 'lost' | 'acknowledged',
      number
    >
  >;
  readonly scannedAt?: string;
  readonly verifiedAt?: string;
  readonly drilledAt?: string;
  readonly oldestBackupAt?: string;
  readonly lastRun?: {
    readonly runId: string;
    readonly state: string;
    readonly startedAt: string;
    readonly endedAt: string;
  };
  readonly risks: readonly { readonly key: string; readonly risk: string; readonly detail: string }[];
  readonly lost: readonly {
    readonly key: string;
    readonly lost: 'key' | 'newest-version';
    readonly finding?: string;
    readonly noticedAt?: string;
  }[];
  readonly deleted: readonly {
    readonly key: string;
    readonly deletedAt: string;
    readonly purgeAt: string;
    readonly coverage: string;
    readonly versionsCovered: number;
    readonly versionsKnown: number;
    readonly deletedBy?: string;
  }[];
  readonly warnings: readonly string[];
  readonly trouble?: { readonly code: string; readonly message: string; readonly advice?: string };
}

export interface WaitingRequest {
  readonly id: string;
  readonly state: RequestView['state'];
  readonly action: 'recover' | 'restore' | 'adopt';
  readonly hsm: string;
  readonly key: string;
  readonly requester: string;
  readonly approvals: number;
  readonly approvalsNeeded: number;
  readonly expiresAt: string;
}

export interface Night {
  readonly date: string;
  readonly runs: readonly NightRun[];
}

export interface NightRun {
  readonly hsm: string;
  readonly runId: string;
  readonly state: 'running' | 'paused' | 'succeeded' | 'partial' | 'rebuilt';
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly counts: Readonly<
    Record<'keys' | 'backedUp' | 'unchanged' | 'skipped' | 'vanished' | 'refused' | 'failed', number>
  >;
}

export interface NightPage {
  readonly items: readonly Night[];
  readonly next?: string;
}

export interface NightDetail {
  readonly run: NightRun & { readonly parts: number; readonly retries: number; readonly throttles: number };
  readonly causes: readonly { readonly code: string; readonly count: number; readonly example: string }[];
  readonly items: readonly {
    readonly key: string;
    readonly outcome: string;
    readonly reason?: string;
    readonly error?: { readonly code: string; readonly message: string };
    readonly versions?: number;
    readonly durationMs?: number;
  }[];
  readonly total: number;
  readonly next?: string;
}

export interface KeyLine {
  readonly hsm: string;
  readonly key: string;
  readonly state: 'active' | 'deleted' | 'purged' | 'restorable';
  readonly word: 'safe' | 'excluded' | 'at-risk' | 'lost';
  readonly risk?: string;
  readonly detail?: string;
  readonly coverage: 'complete' | 'partial' | 'none' | 'excluded';
  readonly versionsCovered: number;
  readonly versionsKnown: number;
  readonly backupAt?: string;
  readonly backup?: string;
  readonly createdAt?: string;
  readonly deletedAt?: string;
  readonly purgeAt?: string;
  readonly deletedBy?: string;
  readonly finding?: string;
  readonly request?: { readonly id: string; readonly state: RequestView['state'] };
}

interface AsOf {
  readonly judgedAt?: string;
  readonly stale: boolean;
  readonly why?: string;
}

export interface KeyPage {
  readonly items: readonly KeyLine[];
  readonly total: number;
  readonly next?: string;
  readonly asOf: readonly (AsOf & { readonly hsm: string })[];
}

export interface TimelineEvent {
  readonly at: string;
  readonly kind: string;
  readonly text: string;
  readonly by?: string;
  readonly blob?: string;
  readonly version?: string;
  readonly recoveryId?: string;
  readonly sealed?: boolean;
  readonly damaged?: boolean;
}

export interface KeyDetail {
  readonly line: KeyLine;
  readonly asOf: AsOf;
  readonly timeline: readonly TimelineEvent[];
  readonly truncated: boolean;
  readonly backups: readonly {
    readonly blob: string;
    readonly capturedAt: string;
    readonly bytes: number;
    readonly versions: number;
    readonly sealed: boolean | null;
    readonly why?: string;
    readonly damaged: boolean;
    readonly newest: boolean;
  }[];
  readonly requests: readonly WaitingRequest[];
  readonly unknown: readonly string[];
}

export type RequestView = RecoveryView & {
  readonly you?: {
    readonly isRequester: boolean;
    readonly canApprove: boolean;
    readonly canReject: boolean;
    readonly canCancel: boolean;
    readonly reason?: string;
    readonly standsFor: readonly string[];
    readonly stepUp?: string;
    readonly freshUntil?: string;
  };
  readonly purgeAt?: string;
  readonly history?: readonly {
    readonly at: string;
    readonly event: string;
    readonly by: string;
    readonly detail?: string;
    readonly signIn?: string;
  }[];
};

export interface RequestPage {
  readonly items: readonly RequestView[];
  readonly next?: string;
}

export interface InboxItem {
  readonly kind: 'approve' | 'wait' | 'acknowledge' | 'rearm';
  readonly text: string;
  readonly hsm?: string;
  readonly key?: string;
  readonly id?: string;
  readonly until?: string;
  readonly path: string;
}

export interface AuditPage {
  readonly items: readonly AuditEntry[];
  readonly next?: string;
  readonly searchedBackTo?: string;
}

export interface Settings {
  readonly hsms: readonly { readonly name: string; readonly url: string; readonly resource?: string }[];
  readonly settings: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly isDefault: boolean;
    readonly secret: boolean;
    readonly description: string;
    readonly area: string;
  }[];
  readonly gate: {
    readonly armed: boolean;
    readonly override: boolean;
    readonly checkedAt: string;
    readonly problems: readonly string[];
  };
  readonly policy: Rule & { readonly rules: readonly (Rule & { readonly pattern: string })[] };
  readonly signIn: { readonly approvalMinutes: number; readonly contexts: Readonly<Record<string, string>> };
  readonly seals: boolean;
}

interface Rule {
  readonly approvals: number;
  readonly groups: readonly string[];
  readonly hours: number;
}
