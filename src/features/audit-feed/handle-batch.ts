/** Acts on a batch of the audit log: asks for backups of changed keys, and scans once where keys were deleted. */

import { doEach } from '../../core/concurrency.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import type { EventBus } from '../../core/events/bus.ts';
import { NameMap, ownValue } from '../../core/model/key-name.ts';
import type { KeySelection } from '../../core/model/selection.ts';
import type { OnceStore } from '../../core/once-store.ts';
import type { Clock, KeyService, Logger, WorkQueue } from '../../core/ports.ts';
import type { AuditAnchor, AuditStore } from '../audit/audit-log.ts';
import type { DecisionSeals } from '../audit/line-seals.ts';
import { KEY_BACKUPS, type KeyBackupMessage } from '../backup/queues.ts';
import { planKey } from '../recovery-points/plan.ts';
import { isUnreportedUse } from '../watch/judge/classify-use.ts';
import { SCANS, type ScanMessage } from '../watch/model/message.ts';
import type { Signals, UseSignal } from '../watch/model/signals.ts';
import { readWatchState, type WatchState } from '../watch/model/watch-state.ts';
import type { ScanResult } from '../watch/scan.ts';
import { ApprovedRecoveries } from './approved-recoveries.ts';
import { readAuditBatch } from './read-batch.ts';
import { reportBroughtBack } from './report-brought-back.ts';
import { type FeedHsm, type HsmWork, sortRecords } from './sort-records.ts';

/** Signals in one queue message: a message holds 48 KiB of JSON, a signal with a long caller about 400 bytes. */
const SIGNALS_PER_MESSAGE = 40;

/** More keys without a backup than this are the business of the nightly run. */
const MISSING_AT_ONCE = 50;

/** What acting on the audit log needs. */
export interface AuditFeedDeps {
  readonly hsms: readonly FeedHsm[];
  readonly queue: WorkQueue;
  readonly state: DocumentStore;
  /** The keys of one HSM. */
  readonly keysOf: (hsm: string) => KeyService;
  /** Scans one HSM now; see `scan` of the watch. */
  readonly scan: (
    hsm: string,
    signals: Signals,
  ) => Promise<Pick<ScanResult, 'observation' | 'catalogue' | 'isUnjudged'>>;
  readonly selection: KeySelection;
  readonly logger: Logger;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly auditStore: AuditStore;
  readonly anchor: AuditAnchor;
  readonly once: OnceStore;
  readonly decisions: Pick<DecisionSeals, 'judge'> | undefined;
  /** Object id of the recovery app's identity. */
  readonly recoveryPrincipal?: string;
  readonly signal: AbortSignal;
}

/** What a batch led to. */
export interface AuditFeedResult {
  readonly records: number;
  /** The HSMs that they came from. */
  readonly heard: readonly string[];
  readonly malformed: number;
  readonly unknown: number;
  readonly foreign: number;
  readonly unclear: number;
  readonly ignored: number;
  readonly backupsRequested: number;
  readonly looks: number;
  /** Keys that came back and that nobody had approved, as far as could be found out. */
  readonly unapproved: number;
}

/**
 * Acts on one batch. Doing it again does no harm, so a batch that failed is to be given again whole. A scan that fails is
 * handed to the queue with all it was reported; only when that fails too, or a store is out of reach that keys which came back must
 * be compared with, the batch fails (with a storage code), after everything else in it was done.
 */
export async function handleAuditBatch(deps: AuditFeedDeps, body: unknown): Promise<AuditFeedResult> {
  const { records, malformed } = readAuditBatch(body);
  const { byHsm, ...counts } = sortRecords(records, deps.hsms);
  const done = { backupsRequested: 0, looks: 0, unapproved: 0 };
  const scans = [...byHsm].map(([hsm, work]) => async () => {
    const { scanned, requested } = await requestAndScan(deps, hsm, work);
    if (scanned) done.looks += 1;
    done.backupsRequested += requested;
  });
  // Afterwards, for it reads what no scan needs.
  const approved = new ApprovedRecoveries(deps);
  const reports = [...byHsm].map(([hsm, { broughtBack }]) => async () => {
    done.unapproved += await reportBroughtBack(deps, approved, hsm, broughtBack);
  });
  await doEach([...scans, ...reports]);
  const result = { records: records.length, malformed, ...counts, ...done };
  deps.logger.info('audit records read', { ...result });
  return result;
}

interface Done {
  readonly scanned: boolean;
  readonly requested: number;
}

async function requestAndScan(deps: AuditFeedDeps, hsm: string, work: HsmWork): Promise<Done> {
  for (const [key, changedAt] of work.changed) {
    const message: KeyBackupMessage = { kind: 'key-backup', hsm, key, reason: 'changed', changedAt };
    await deps.queue.send(KEY_BACKUPS, message);
  }
  const { scanned, requested } = await scanIfNeeded(deps, hsm, work);
  return { scanned, requested: requested + work.changed.size };
}

async function scanIfNeeded(deps: AuditFeedDeps, hsm: string, work: HsmWork): Promise<Done> {
  const uses = await usesOfDeletedKeys(deps, hsm, work);
  const { deletes, purges } = work;
  if (!work.scan && deletes.length + purges.length + uses.length === 0)
    return { scanned: false, requested: 0 };
  const signals = { deletes, purges, uses };
  try {
    const seen = await deps.scan(hsm, signals);
    // It is remembered: the message need not say it, and the queue may give the message up.
    if (seen.isUnjudged) await deps.queue.send(SCANS, { kind: 'look', hsm, at: deps.clock.now() });
    return { scanned: true, requested: work.scan ? await requestMissing(deps, hsm, seen, work) : 0 };
  } catch (error) {
    deps.logger.warn('look failed, its queue takes over', { hsm, error });
    for (const part of inParts(signals)) {
      const message: ScanMessage = { kind: 'look', hsm, signals: part };
      await deps.queue.send(SCANS, message);
    }
  }
  return { scanned: true, requested: 0 };
}

/** After a restore, whose record names no key: the keys that differ from their backups are among those the scan saw. */
async function requestMissing(
  deps: AuditFeedDeps,
  hsm: string,
  { observation, catalogue }: Pick<ScanResult, 'observation' | 'catalogue'>,
  work: HsmWork,
): Promise<number> {
  const policy = {
    selection: deps.selection,
    refreshMs: Number.POSITIVE_INFINITY,
    nextRunAt: Number.POSITIVE_INFINITY,
  };
  const missing = [...(observation?.active.values() ?? [])].filter(
    (key) =>
      !work.changed.has(key.name) &&
      planKey(key, ownValue(catalogue.keys, key.name)?.record, policy).action === 'back-up',
  );
  for (const { name } of missing.slice(0, MISSING_AT_ONCE)) {
    const message: KeyBackupMessage = { kind: 'key-backup', hsm, key: name, reason: 'changed' };
    await deps.queue.send(KEY_BACKUPS, message);
  }
  return Math.min(missing.length, MISSING_AT_ONCE);
}

/**
 * The refused uses that are news: of keys that are deleted, as the watch remembers or the HSM says. Most refusals are
 * about keys that never were, and an application that misses a key asks again and again: neither is worth a scan.
 */
async function usesOfDeletedKeys(deps: AuditFeedDeps, hsm: string, work: HsmWork): Promise<UseSignal[]> {
  if (work.uses.length === 0) return [];
  const state = await rememberedOrNone(deps, hsm);
  // Without its memory the scan finds out, which reports why there is none.
  if (state === undefined) return work.uses;
  const justDeleted = new NameMap(work.deletes.map(({ key }) => [key, true]));
  const asked = new NameMap<boolean>();
  const news: UseSignal[] = [];
  for (const use of work.uses) {
    const known = ownValue(state.keys, use.key);
    if (known?.state === 'deleted') {
      if (isUnreportedUse(known, use)) news.push(use);
      continue;
    }
    const deleted = justDeleted.has(use.key) || (asked.get(use.key) ?? (await isDeleted(deps, hsm, use.key)));
    asked.set(use.key, deleted);
    if (deleted) news.push(use);
  }
  return news;
}

async function rememberedOrNone(deps: AuditFeedDeps, hsm: string): Promise<WatchState | undefined> {
  try {
    return await readWatchState(deps.state, hsm);
  } catch (error) {
    deps.logger.warn('refused uses are judged by a scan', { hsm, error });
    return undefined;
  }
}

async function isDeleted(deps: AuditFeedDeps, hsm: string, key: string): Promise<boolean> {
  try {
    await deps.keysOf(hsm).getDeletedKey(key);
    return true;
  } catch (error) {
    if (!isWardenError(error)) throw error;
    // When the HSM does not say, the scan finds out.
    return error.code !== 'key-not-found';
  }
}

function inParts({ deletes, purges, uses }: Signals): Signals[] {
  const count = Math.max(deletes.length, purges.length, uses.length, 1);
  const size = Math.floor(SIGNALS_PER_MESSAGE / 3);
  return Array.from({ length: Math.ceil(count / size) }, (_, part) => {
    const slice = <T>(all: readonly T[]) => all.slice(part * size, (part + 1) * size);
    return { deletes: slice(deletes), purges: slice(purges), uses: slice(uses) };
  });
}
