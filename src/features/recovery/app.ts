/** The recovery as one object: what the HTTP functions, the worker and the timers call. */

import { doEach } from '../../core/concurrency.ts';
import { hasRequests } from '../../core/documents/has-requests.ts';
import type { DeadLetters, Logger } from '../../core/ports.ts';
import { Shared } from '../../core/shared.ts';
import type { AuditAnchor, AuditStore } from '../audit/audit-log.ts';
import type { Breach, Breaches } from '../audit/breaches.ts';
import type { Checkpoints } from '../audit/checkpoints.ts';
import { heightLog, reportHeight } from '../audit/height.ts';
import { type AuditVerdict, firstProblem } from '../audit/verify-audit.ts';
import { verifyOnward } from '../audit/verify-onward.ts';
import { reportDeadLetters } from '../dead-letters/report.ts';
import { type FleetDeps, FleetDesk } from '../fleet/decide.ts';
import type { Authenticator, Caller } from './access/caller.ts';
import { passForReading } from './access/gate.ts';
import type { GateVerdict } from './access/gate-reports.ts';
import { Refusals } from './access/refusals.ts';
import { requireSignIn, type SignInPolicy } from './access/sign-in.ts';
import { type ExecuteDeps, type ExecuteResult, executeRecovery } from './execution/execute.ts';
import { Findings } from './findings/findings.ts';
import { Incidents } from './findings/incidents.ts';
import type { RecoveryQuery, Standing } from './model/asking.ts';
import { type ApprovalRule, ruleFor } from './model/policy.ts';
import type { RecoveryRecord } from './model/record.ts';
import { Inventory } from './planning/inventory.ts';
import { rearmingRule } from './rearming/proposal.ts';
import { Rearmings } from './rearming/rearming.ts';
import { Changes } from './request/changes.ts';
import { disarmingEvidence, disarmingLog } from './request/disarming.ts';
import type { Happened } from './request/history.ts';
import { listRecoveries, type RecordPage } from './request/list-recoveries.ts';
import { OpenLimits, type OpenLimitsPolicy } from './request/open-limits.ts';
import { purgeOf } from './request/purge-of.ts';
import { reconcile } from './request/reconcile.ts';
import { Recoveries } from './request/recoveries.ts';
import { RecoveryIndex } from './request/recovery-index.ts';
import { standingOf } from './request/standing.ts';
import { type WebhookPolicy, type WebhookSignatures, Webhooks } from './webhooks/webhooks.ts';

/** Whether pages may be read is asked once in so long: nothing is decided by them. */
const READING_MS = 2_000;

/** Everything the recovery is made of, once per process; the logger comes with each invocation. */
export interface RecoveryAppDeps extends Omit<ExecuteDeps, 'logger' | 'index' | 'limits'> {
  readonly authenticator: Authenticator;
  readonly signatures: WebhookSignatures;
  readonly webhooks: WebhookPolicy;
  /** How many requests may be open, and how long ended ones are listed, in milliseconds. */
  readonly requests: OpenLimitsPolicy & { readonly listMs: number };
  readonly auditStore: AuditStore;
  readonly anchor: AuditAnchor;
  /** Where decisions are sealed: what was found whole before. */
  readonly checkpoints?: Pick<Checkpoints, 'last'> | undefined;
  readonly deadLetters: DeadLetters;
  /** What was found wrong with the audit log. */
  readonly breaches: Breaches;
  /** The HSMs of the settings. */
  readonly hsmNames: readonly string[];
  /** The HSMs for drills: people acknowledge what is reported of them. */
  readonly drillHsms?: readonly string[];
  /** The HSMs of the settings with their addresses, and what discoveries know. */
  readonly fleet: Omit<FleetDeps, 'store' | 'audit' | 'clock'>;
  /** What is wrong with the settings of single HSMs, a sentence each. */
  readonly settingFaults?: readonly string[];
  /** Fires when the app stops. */
  readonly stopping: AbortSignal;
  /** What is asked of the sign-ins of people. */
  readonly signIn: SignInPolicy;
}

/** What the functions call, with the logger of one invocation. */
export interface RecoveryApp {
  readonly recoveries: Recoveries;
  readonly webhooks: Webhooks;
  readonly inventory: Inventory;
  readonly findings: Findings;
  readonly incidents: Incidents;
  readonly fleet: FleetDesk;
  readonly refusals: Refusals;
  readonly authenticator: Authenticator;
  readonly logger: Logger;
  /** What is wrong with the settings of single HSMs, a sentence each. */
  readonly settingFaults: readonly string[];
  /** Fails with `gate-disarmed`. */
  passGate(): Promise<void>;
  /** Whether the gate is armed, as proven within the last minute. */
  gateVerdict(): Promise<GateVerdict>;
  /** Proves the gate in full and logs the verdict, and how high the audit log stands. */
  reportGate(): Promise<void>;
  list(query: RecoveryQuery): Promise<RecordPage>;
  /** Deals with a message of the queue `recoveries`. */
  execute(message: unknown): Promise<ExecuteResult>;
  /** Lets requests expire and picks up what a crash left behind; returns how many were visited. */
  reconcile(): Promise<number>;
  /** From the last sealed checkpoint on, or in full. */
  verifyAudit(full: boolean): Promise<AuditVerdict>;
  readonly rearmings: Rearmings;
  readonly rearmingRule: ApprovalRule;
  /** What the policy asks for a key today. */
  ruleOf(key: string): ApprovalRule;
  breaches(): Promise<readonly Breach[]>;
  /** As {@link RecoveryApp.passGate}, unless only the audit log is the reason: that says nothing against who calls. */
  passForReading(): Promise<void>;
  /** Whether the sign-in of `caller` is good enough for `action`; see access/sign-in.ts. */
  requireSignIn(caller: Caller, action: string): void;
  readonly signInPolicy: SignInPolicy;
  /** What `caller` may do to a request now. */
  standing(record: RecoveryRecord, caller: Caller): Standing;
  /** What the audit log has of a request, oldest first. Fails with `audit-corrupt`, `seal-unavailable` or a storage code. */
  history(id: string): Promise<readonly Happened[]>;
  /** When the key of a request is purged, epoch milliseconds; undefined where the watch does not know it, or cannot be read. */
  purgeAt(record: RecoveryRecord): Promise<number | undefined>;
  /** Resolves when the stored request is another than that of `etag`, or after `seconds`. */
  awaitChange(id: string, etag: string, seconds: number): Promise<void>;
  /** Epoch milliseconds. */
  now(): number;
}

/** Makes the app for an invocation's logger. */
export type RecoveryAppFor = (logger: Logger) => RecoveryApp;

/** Puts the recovery together. What must be remembered between invocations is made here once. */
export function createRecoveryApp(shared: RecoveryAppDeps): RecoveryAppFor {
  const { authenticator, store, clock } = shared;
  const { gate } = shared;
  const audit = disarmingLog(shared.audit, gate);
  const evidence = disarmingEvidence(shared.evidence, gate);
  const refusals = new Refusals(audit, clock);
  const inventory = new Inventory(shared);
  const incidents = new Incidents({ ...shared, audit });
  const findings = new Findings({ ...shared, audit, incidents });
  const fleet = new FleetDesk({ ...shared, ...shared.fleet, audit });
  const index = new RecoveryIndex({ store, evidence, clock });
  const limits = new OpenLimits({ store, evidence, clock, policy: shared.requests });
  const reading = new Shared<void>(clock, READING_MS);
  const changes = new Changes({ store, clock, stopping: shared.stopping });
  return (logger) => {
    const deps = { ...shared, audit: heightLog(audit, logger), evidence, logger, index, limits };
    const recoveries = new Recoveries(deps);
    const webhooks = new Webhooks({ ...shared, recoveries, policy: shared.webhooks });
    return {
      recoveries,
      webhooks,
      inventory,
      findings,
      incidents,
      fleet,
      refusals,
      authenticator,
      logger,
      settingFaults: shared.settingFaults ?? [],
      passGate: () => shared.gate.pass(),
      gateVerdict: () => shared.gate.verdict(),
      reportGate: async () => {
        const { armed, override, problems } = await shared.gate.check();
        if (armed) logger.info('gate checked', { armed, override });
        else logger.error('gate disarmed', { armed, override, problems });
        await reportHeight(shared.auditStore, shared.anchor, logger);
      },
      list: async (query) => {
        await shared.gate.pass();
        return listRecoveries({ ...deps, listMs: shared.requests.listMs }, query);
      },
      execute: (message) => executeRecovery(deps, message, shared.ids.next(), shared.stopping),
      reconcile: async () => {
        let visited = 0;
        await doEach([
          () => reportHeight(shared.auditStore, shared.anchor, logger),
          async () => {
            visited = await reconcile({ ...deps, recoveries });
          },
          () => reportDeadLetters({ ...shared, logger }),
        ]);
        return visited;
      },
      rearmings: new Rearmings(deps),
      rearmingRule: rearmingRule(shared.policy),
      ruleOf: (key) => ruleFor(shared.policy, key),
      passForReading: () => reading.get(() => passForReading(shared.gate)),
      requireSignIn: (caller, action) => requireSignIn(shared.signIn, caller, action, clock.now()),
      signInPolicy: shared.signIn,
      standing: (record, caller) =>
        standingOf(record, caller, {
          today: ruleFor(shared.policy, record.operation.key),
          signIn: shared.signIn,
          now: clock.now(),
        }),
      history: async (id) => (await evidence.of(id)).history,
      purgeAt: (record) => purgeOf({ store, logger }, record),
      awaitChange: (id, etag, seconds) => changes.await(id, etag, seconds),
      now: () => clock.now(),
      breaches: () => shared.breaches.open(),
      verifyAudit: async (full) => {
        const { auditStore, anchor, checkpoints } = shared;
        const known = { hasRequests: () => hasRequests(store), seals: shared.decisions, checkpoints };
        const { verdict } = await verifyOnward({ store: auditStore, anchor, clock, ...known }, full);
        const problem = firstProblem(verdict);
        if (problem !== undefined) await gate.disarm(`audit: ${problem}`);
        return verdict;
      },
    };
  };
}
