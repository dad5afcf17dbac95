/** What is said of an HSM beside the verdict on its keys. */
import type { ListedKey } from '../../core/model/key.ts';
import { nextRunAfter } from '../../core/schedule.ts';
import { isoTime } from '../../core/time.ts';
import type { WatchPolicy } from '../watch/model/policy.ts';
import type { WatchState } from '../watch/model/watch-state.ts';
import type { StoreCheck } from './check-store.ts';
import type { DatedFacts, Doubts } from './read-dated.ts';

/** Of the nightly runs and of what is known of them, at `now` (epoch milliseconds). */
export function runWarnings(
  now: number,
  { schedule, graceMs }: Pick<WatchPolicy, 'schedule' | 'graceMs'>,
  { lastRun, doubts }: Pick<DatedFacts, 'lastRun'> & { readonly doubts: Doubts },
): string[] {
  const unknown = Object.values(doubts);
  if (lastRun === undefined) {
    return doubts.run === undefined ? [...unknown, 'No run has ended yet.'] : unknown;
  }
  const due = nextRunAfter(schedule, lastRun.startedAt);
  const late = `The nightly run was due ${isoTime(due)} and has not ended; is the app running?`;
  const partial = `The last run, ${lastRun.runId}, left keys without a new backup.`;
  return [
    ...unknown,
    ...(now > due + graceMs ? [late] : []),
    ...(lastRun.state === 'partial' ? [partial] : []),
  ];
}

/** Of the events of the watch: those that nobody was notified of yet, and those that nobody will be notified of. */
export function eventWarnings({ waiting, refused }: OpenEvents): string[] {
  const waits =
    waiting === 1
      ? '1 event waits for the topic to accept it.'
      : `${waiting} events wait for the topic to accept them.`;
  return [
    ...(waiting > 0 ? [waits] : []),
    ...(refused > 0 ? [`The topic refused ${refused} event${refused === 1 ? '' : 's'} for good.`] : []),
  ];
}

/** The events of a watch that nobody was notified of: those that no topic has accepted yet, and those that none will. */
export interface OpenEvents {
  readonly waiting: number;
  readonly refused: number;
}

/** Those of a memory. */
export function openEvents({
  outbox,
  refused,
  refusedBefore = 0,
}: Pick<WatchState, 'outbox' | 'refused' | 'refusedBefore'>): OpenEvents {
  return { waiting: outbox.length, refused: refused.length + refusedBefore };
}

/** Of how the HSM itself is configured, as far as its active keys show that. */
export function hsmWarnings(policy: WatchPolicy, active: readonly ListedKey[]): string[] {
  const [first] = active;
  const { recoveryLevel, recoverableDays } = first?.attributes ?? {};
  const warnings: string[] = [];
  if (recoveryLevel?.includes('Purgeable')) {
    warnings.push('Purge protection is off: whoever may purge can end a soft-deleted key at any time.');
  }
  if (recoverableDays !== undefined && recoverableDays < policy.minRetentionDays) {
    warnings.push(
      `Soft-deleted keys are kept for ${recoverableDays} days only, fewer than ${policy.minRetentionDays}.`,
    );
  }
  return warnings;
}

/** Of the blobs in the store that are no recovery points. */
export function sealWarnings({ unproven }: StoreCheck): string[] {
  if (unproven === 0) return [];
  return [
    `${unproven} blob(s) in the store have no good seal and are no recovery points: hsm-warden backup list --all shows which.`,
  ];
}

/** Of the notes of findings that somebody else than the app has written. */
export function noteWarnings(ignored: number): string[] {
  if (ignored === 0) return [];
  return [`${ignored} note(s) of findings in the store have no good seal and are ignored: who wrote them?`];
}
