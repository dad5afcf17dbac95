/** Whether everything that somebody must know was reported, and no event means two things. */
import type { Evidence, SeenEvent } from '../evidence.ts';
import type { AuditLine } from './chain.ts';

/** The types that report a deletion before its purge, and a purge itself. */
const DELETED = ['HsmWarden.KeyDeleted', 'HsmWarden.PurgePending'];
const PURGED = ['HsmWarden.KeyPurged'];
/** The lines of the audit log about a request that have an event, by the event's type. */
const REPORTED: Readonly<Record<string, string>> = {
  'recovery-requested': 'HsmWarden.RecoveryRequested',
  'recovery-approved': 'HsmWarden.RecoveryApproved',
  'recovery-rejected': 'HsmWarden.RecoveryRejected',
  'recovery-execution-started': 'HsmWarden.RecoveryStarted',
  'recovery-succeeded': 'HsmWarden.RecoverySucceeded',
  'recovery-failed': 'HsmWarden.RecoveryFailed',
  'recovery-restored-other-key': 'HsmWarden.RecoveryRestoredOtherKey',
};
/** What is as of the moment of the report, and may differ when the same thing is reported again. */
const PASSING = [
  'secondsLeft',
  'severity',
  'coverage',
  'versionsCovered',
  'versionsKnown',
  'backup',
  'afterPurge',
];
/** What is deleted in the last moments is the next scan's. */
const LATE_MS = 60_000;

/** Judges what the topic took. */
export function judgeEvents(evidence: Evidence, lines: readonly AuditLine[]) {
  const { events, calls, deleted, setAside, recoveries } = evidence;
  const [doubled, unreported]: [string[], string[]] = [[], []];
  const meanings = new Map<string, string>();
  for (const event of events) {
    const meaning = meaningOf(event);
    const before = meanings.get(event.id);
    if (before !== undefined && before !== meaning)
      doubled.push(`event ${event.id} is ${before} and ${meaning}`);
    meanings.set(event.id, meaning);
  }
  const end = Math.max(0, ...calls.map(({ at }) => at));
  for (const { hsm, key, at } of calls.filter(({ operation }) => operation === 'KeyPurge')) {
    const isSeen = events.some(
      (event) =>
        isAbout(event, hsm, key) &&
        ((DELETED.includes(event.type) && timeOf(event) <= at) || PURGED.includes(event.type)),
    );
    if (!isSeen)
      unreported.push(`${hsm}/${key} was purged at ${new Date(at).toISOString()}, and nobody was notified`);
  }
  for (const { hsm, key } of deleted) {
    const last = calls.findLast(
      (call) => call.hsm === hsm && call.operation === 'KeyDelete' && call.key === key,
    );
    if (last !== undefined && end - last.at < LATE_MS) continue;
    if (!events.some((event) => isAbout(event, hsm, key) && DELETED.includes(event.type))) {
      unreported.push(`${hsm}/${key} is deleted, and nobody was notified`);
    }
  }
  for (const { id, queue } of setAside) {
    if (!events.some(({ type, data }) => type === 'HsmWarden.MessagePoisoned' && text(data).includes(id))) {
      unreported.push(`the message ${id} was set aside in ${queue}, and nobody was notified`);
    }
  }
  const stored = new Set(recoveries.map(({ id }) => id));
  for (const { event: line, recoveryId = '', seq } of lines) {
    const type = REPORTED[line];
    // A request whose storing failed was refused: its line stays, and there is nothing to report.
    if (type === undefined || !stored.has(recoveryId)) continue;
    if (!events.some((event) => event.type === type && text(event.data).includes(recoveryId))) {
      unreported.push(`line ${seq} of the audit log, ${line} of ${recoveryId}, has no event`);
    }
  }
  return { doubled, unreported };
}

/** Type, subject and facts of an event, without what passes. */
function meaningOf({ type, subject, data }: SeenEvent): string {
  const facts = Object.entries(typeof data === 'object' && data !== null ? data : {})
    .filter(([name]) => !PASSING.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `${type} ${subject ?? ''} ${JSON.stringify(facts)}`;
}

function isAbout({ subject }: SeenEvent, hsm: string, key: string): boolean {
  return subject?.toLowerCase() === `hsms/${hsm}/keys/${key}`.toLowerCase();
}

function timeOf({ time = '' }: SeenEvent): number {
  return Date.parse(time);
}

function text(data: unknown): string {
  return JSON.stringify(data ?? null);
}
