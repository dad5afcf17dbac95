/** The verdict over the evidence: pure, and without a line of the product's code. */
import type { Evidence } from './evidence.ts';
import { judgeBackups } from './judge/backups.ts';
import { chainProblems, linesOf } from './judge/chain.ts';
import { judgeEvents } from './judge/events.ts';
import { judgeRecoveries } from './judge/recoveries.ts';
import { judgeRest } from './judge/rest.ts';
import { judgeRuns } from './judge/runs.ts';

/** What is wrong, a sentence each; all empty when nothing is. */
export interface Verdict {
  /** What should be there and is not: a recovery point, an outcome, a line of a catalogue. */
  readonly lost: readonly string[];
  /** What happened, or is said, twice. */
  readonly doubled: readonly string[];
  /** What nobody approved, or what the audit log does not bear out. */
  readonly unapproved: readonly string[];
  /** What was reported to nobody. */
  readonly unreported: readonly string[];
  /** What did not come to an end. */
  readonly hung: readonly string[];
}

/** Judges the state at the end of a campaign. */
export function judge(evidence: Evidence): Verdict {
  const lines = linesOf(evidence.auditParts);
  const parts = [
    judgeBackups(evidence),
    judgeRuns(evidence),
    judgeRecoveries(evidence, lines),
    judgeEvents(evidence, lines),
    judgeRest(evidence),
    { unapproved: chainProblems(evidence.auditParts, evidence.auditEnd) },
  ];
  const all = (what: keyof Verdict) => parts.flatMap((part: Partial<Verdict>) => part[what] ?? []);
  return {
    lost: all('lost'),
    doubled: all('doubled'),
    unapproved: all('unapproved'),
    unreported: all('unreported'),
    hung: all('hung'),
  };
}
