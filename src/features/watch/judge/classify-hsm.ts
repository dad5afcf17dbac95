/** Says what is wrong with an HSM as a whole: its protection against purges, its nightly run, its answers. */

import type { WardenError } from '../../../core/errors.ts';
import type { ListedKey } from '../../../core/model/key.ts';
import { nextRunAfter } from '../../../core/schedule.ts';
import { isoTime } from '../../../core/time.ts';
import type { LastRun } from '../../backup/last-run.ts';
import type { JudgeContext } from '../model/context.ts';
import type { Finding } from '../model/events.ts';
import type { Observation } from '../model/observation.ts';
import type { Condition, WatchState } from '../model/watch-state.ts';
import { type DrillsSeen, noDrill, noDrillHsm } from './classify-drills.ts';

type Conditions = WatchState['conditions'];

/** A run that a timer started this much too early, by its own clock, still is the run of that time. */
const EARLY_TIMER_MS = 60_000;

/** What became of the conditions, and what is to be reported. Each is reported once while it lasts. */
export interface JudgedConditions {
  readonly conditions: Conditions;
  readonly findings: readonly Finding[];
}

/** What is known beside the HSM's own answers. */
export interface KnownBeside {
  readonly lastRun: LastRun | undefined;
  /** The first scan of it; a promise made before that was not ours. */
  readonly watchingSince: number;
  /** Absent where it could not be read, or nobody asks. */
  readonly drills?: DrillsSeen | undefined;
}

/** Judges an HSM that answered. */
export function classifyHsm(
  context: JudgeContext,
  before: Conditions,
  observation: Observation,
  { lastRun, watchingSince, drills }: KnownBeside,
): JudgedConditions {
  const keys = [...observation.active.values(), ...observation.deleted.values()];
  const { 'hsm-unreachable': _answered, ...conditions } = before;
  const findings: Finding[] = [];
  report(context, conditions, findings, 'purge-protection-off', purgeable(context, keys));
  report(context, conditions, findings, 'retention-too-short', shortRetention(context, keys));
  report(context, conditions, findings, 'backup-overdue', missedRun(context, lastRun, watchingSince));
  if (drills !== undefined) {
    report(context, conditions, findings, 'restores-unproven', noDrillHsm(context, drills));
    const heldSince = conditions['no-drill']?.since ?? context.now;
    report(context, conditions, findings, 'no-drill', noDrill(context, drills, heldSince));
  }
  return { conditions, findings };
}

/**
 * Judges an HSM that failed to answer: reported once the failure has lasted for `unreachableAfterMs`. Settings that are wrong do not
 * become right by waiting: they are reported immediately.
 */
export function classifyUnreachable(
  { hsm, now, policy }: JudgeContext,
  before: Conditions,
  error: WardenError,
): JudgedConditions {
  const { since, told: reported } = before['hsm-unreachable'] ?? { since: now, told: false };
  const lasts = error.code === 'hsm-settings-invalid' || now - since >= policy.unreachableAfterMs;
  const due = !reported && lasts;
  const conditions = { ...before, 'hsm-unreachable': { since, told: reported || due } };
  if (!due) return { conditions, findings: [] };
  const { code, message } = error;
  const data = { hsm, severity: 'high', since: isoTime(since), code, message } as const;
  return { conditions, findings: [{ kind: 'hsm-unreachable', discriminator: `since ${since}`, data }] };
}

type Fault = (since: number) => Finding;

/** `fault`: holds now; `undefined`: does not; `'unclear'`: as before; `'not-yet'`: holds, but not for long enough to be reported. */
function report(
  { now }: JudgeContext,
  conditions: Conditions,
  findings: Finding[],
  condition: Condition,
  fault: Fault | 'unclear' | 'not-yet' | undefined,
): void {
  if (fault === 'unclear') return;
  if (fault === undefined) {
    delete conditions[condition];
    return;
  }
  const since = conditions[condition]?.since ?? now;
  if (fault === 'not-yet') {
    conditions[condition] = { since, told: false };
    return;
  }
  if (conditions[condition]?.told !== true) findings.push(fault(since));
  conditions[condition] = { since, told: true };
}

/** The recovery level is a property of the HSM, but only its keys show it. */
function purgeable({ hsm }: JudgeContext, keys: readonly ListedKey[]): Fault | 'unclear' | undefined {
  const levels = keys.flatMap(({ attributes }) => attributes.recoveryLevel ?? []);
  if (levels.length === 0) return 'unclear';
  const recoveryLevel = levels.find((level) => level.includes('Purgeable'));
  if (recoveryLevel === undefined) return undefined;
  return (since) => ({
    kind: 'purge-protection-off',
    discriminator: `since ${since}`,
    data: { hsm, severity: 'warning', recoveryLevel },
  });
}

function shortRetention(
  { hsm, policy }: JudgeContext,
  keys: readonly ListedKey[],
): Fault | 'unclear' | undefined {
  const shortest = keys.reduce<number | undefined>((least, { attributes: { recoverableDays } }) => {
    if (recoverableDays === undefined) return least;
    return least === undefined ? recoverableDays : Math.min(least, recoverableDays);
  }, undefined);
  if (shortest === undefined) return 'unclear';
  if (shortest >= policy.minRetentionDays) return undefined;
  return (since) => ({
    kind: 'retention-too-short',
    discriminator: `since ${since}`,
    data: { hsm, severity: 'warning', days: shortest, expectedDays: policy.minRetentionDays },
  });
}

function missedRun(
  { hsm, now, policy }: JudgeContext,
  lastRun: LastRun | undefined,
  watchingSince: number,
): Fault | undefined {
  const from = lastRun === undefined ? watchingSince : lastRun.startedAt + EARLY_TIMER_MS;
  const dueAt = nextRunAfter(policy.schedule, from);
  if (now <= dueAt + policy.graceMs) return undefined;
  return () => ({
    kind: 'backup-overdue',
    discriminator: `due ${dueAt}, last ${lastRun?.endedAt ?? 'never'}`,
    data: {
      hsm,
      severity: 'high',
      dueAt: isoTime(dueAt),
      ...(lastRun === undefined ? {} : { lastBackupAt: isoTime(lastRun.endedAt) }),
      reason: 'no-run',
    },
  });
}
