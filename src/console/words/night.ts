/** A night's runs in one word and one sentence. */
import { counted, listed } from './count.ts';

interface Run {
  readonly hsm: string;
  readonly state: string;
  readonly counts: { readonly backedUp: number; readonly failed: number; readonly refused: number };
}

/** What a night was: `none` is a night without any run, which is not a good one. */
type NightWord = 'good' | 'bad' | 'running' | 'none';

/** The sign for each word; it never stands without the words. */
export const NIGHT_SIGNS: Readonly<Record<NightWord, string>> = {
  good: '✓',
  bad: '✕',
  running: '…',
  none: '–',
};

/** How the night went. */
export function nightWord(runs: readonly Run[]): NightWord {
  if (runs.length === 0) return 'none';
  if (runs.some((run) => run.state === 'partial' || troubles(run) > 0)) return 'bad';
  return runs.every(({ state }) => state === 'succeeded') ? 'good' : 'running';
}

/** Keys of a run that have no backup of this night although they should. */
export function troubles({ counts }: Run): number {
  return counts.failed + counts.refused;
}

/** What a cell says aloud. */
export function nightInWords(date: string, runs: readonly Run[]): string {
  if (runs.length === 0) return `${date}: no run`;
  const each = runs.map((run) => {
    const failed = troubles(run);
    const good = `${counted(run.counts.backedUp, 'key')} backed up`;
    return `${run.hsm} ${run.state}, ${good}${failed === 0 ? '' : `, ${failed} failed`}`;
  });
  return `${date}: ${listed(each)}`;
}
