/** What a bulk restore says: beforehand what it would do, and afterwards what it did. */
import type { StoredBackup } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';
import { counted, isoCell } from '../connect/warden-options.ts';
import type { Answer } from '../frame/command.ts';
import { duration } from '../frame/duration.ts';
import type { Presence } from './restore-key.ts';
import type { Evidence, RestoredKey, RestoreReport } from './restore-report.ts';

const ACTS = { active: 'prove', deleted: 'recover', absent: 'restore' } as const satisfies Record<
  Presence,
  string
>;
/** Keys that are named of each cause; the report has them all. */
const NAMED = 5;

/** What is to be done. */
export interface RestorePlan {
  readonly from: string;
  readonly target: string;
  readonly byKey: ReadonlyMap<string, readonly StoredBackup[]>;
  readonly evidenceOf: (backup: StoredBackup) => Evidence;
  readonly presenceOf: (key: string) => Presence;
  /** Restores a second. */
  readonly pace: number;
}

/** `150 keys of HSM contoso into contoso-new: 100 to restore, …; about 19 s at 8 a second`. */
export function planText({ from, target, byKey, presenceOf, pace }: RestorePlan): string {
  const counts = { active: 0, deleted: 0, absent: 0 };
  for (const key of byKey.keys()) counts[presenceOf(key)] += 1;
  const time = duration(Math.max(1000, ((counts.absent + counts.deleted) / pace) * 1000));
  return `${counted(byKey.size, 'key')} of HSM ${from} into ${target}: ${counts.absent} to restore, ${counts.deleted} to recover, ${counts.active} there already; about ${time} at ${pace} a second`;
}

/** The answer of `--dry-run`. */
export function planAnswer(plan: RestorePlan): Answer {
  const keys = [...plan.byKey].map(([key, [newest]]) => ({
    key,
    action: ACTS[plan.presenceOf(key)],
    blob: newest?.blob,
    capturedAt: newest === undefined ? undefined : isoTime(newest.record.capturedAt),
    evidence: newest === undefined ? undefined : plan.evidenceOf(newest),
  }));
  const table = {
    columns: ['Key', 'Action', 'CapturedAt', 'Evidence', 'Blob'],
    rows: keys.map(({ key, action, capturedAt, evidence, blob }) => [
      key,
      action,
      isoCell(capturedAt),
      evidence,
      blob,
    ]),
  };
  return {
    data: { keys },
    table,
    page: (show) => `${show(table)}\nNothing was restored. Without --dry-run: ${planText(plan)}.`,
  };
}

/** The answer after a restore. `isKept`: whether the report was written; where it was not, every key is shown. */
export function restoreAnswer(report: RestoreReport, wanted: number, isKept: boolean): Answer {
  const { counts, keys, complete, pace, target } = report;
  const { restored, recovered, present } = counts;
  const failed = causes(keys);
  const table = {
    columns: ['Key', 'Outcome', 'Versions', 'Verified', 'Evidence', 'CapturedAt'],
    rows: keys.map((one) => [
      ...[one.key, one.outcome, one.versions, one.verified, one.evidence],
      isoCell(one.capturedAt),
    ]),
  };
  return {
    data: report,
    table,
    page: (show, wrap) =>
      [
        ...(isKept ? [] : [show(table)]),
        ...[
          ...(failed.length === 0 ? [] : ['Not brought back:', ...failed]),
          `${restored + recovered + present} of ${wanted} keys are on HSM ${target.hsm}, each proven${provenBy(keys)}: ${restored} restored, ${recovered} recovered, ${present} there before. ${pace.reached} a second (set: ${pace.set}).`,
          ...(complete
            ? ['Next: put the HSM into WARDEN_HSMS, then hsm-warden backup run.']
            : ['Not every key is back. Run the same command again: it goes on from there.']),
        ].map(wrap),
      ].join('\n'),
    exit: complete ? 'done' : 'failed',
  };
}

/** What the proof rests on, where it is not seals alone. */
function provenBy(keys: readonly RestoredKey[]): string {
  const unproven = keys.filter(({ evidence }) => evidence === 'unproven').length;
  if (unproven > 0) return ` (${counted(unproven, 'key')} UNPROVEN, by backups without a good seal)`;
  return keys.some(({ evidence }) => evidence === 'not sealed') ? ' by its backup, which is not sealed' : '';
}

/** Equal failures are one line, the most common first: a hundred keys that one right is lacking for are one cause. */
function causes(keys: readonly RestoredKey[]): string[] {
  const failed = keys.flatMap(({ key, problem }) => (problem === undefined ? [] : [{ key, problem }]));
  const byCause = Map.groupBy(
    failed,
    ({ key, problem }) =>
      // The same words about each key are the same cause.
      `${problem.code} ${problem.message.replaceAll(key, 'KEY')}`,
  );
  return [...byCause.values()]
    .sort((a, b) => b.length - a.length)
    .flatMap((same) => {
      const [first] = same;
      if (first === undefined) return [];
      const { code, message } = first.problem;
      if (same.length === 1) return [`  ${first.key} (${code}): ${message}`];
      const names = same.slice(0, NAMED).map(({ key }) => key);
      const more = same.length - names.length;
      return [
        `  ${same.length} keys (${code}): ${message.replaceAll(first.key, 'KEY')}`,
        `    ${names.join(', ')}${more > 0 ? ` and ${more} more; the report names them` : ''}`,
      ];
    });
}
