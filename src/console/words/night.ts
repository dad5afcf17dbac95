/** A night's runs in one word and one sentence. */
import { counted, listed } from './count.ts';
import { runState } from './states.ts';

interface Run {
  readonly hsm: string;
  readonly state: string;
  readonly counts: { readonly backedUp: number; readonly failed: number; readonly refused: number };
}

interface Night {
  readonly runs: readonly Run[];
  /** HSMs over which a run was due that did not come, and those of runs whose records cannot be read. */
  readonly missing: readonly string[];
  readonly unreadable: readonly string[];
}

/**
 * What a night was. `none`: no run, and none was due yet. `unknown`: of a run nobody can say what it left out, for its record cannot be
 * read or was made again from the backups.
 */
type NightWord = 'good' | 'bad' | 'unknown' | 'running' | 'none';

/** The sign for each word; it never stands without the words. */
export const NIGHT_SIGNS: Readonly<Record<NightWord, string>> = {
  good: '✓',
  bad: '✕',
  unknown: '?',
  running: '…',
  none: '–',
};

/** What the signs mean. */
export const NIGHT_LEGEND =
  '✓ every run was good, ✕ keys failed or a run is missing, ? cannot tell, … not finished, – no run was due yet. Days are of UTC.';

/** How the night went: good only where nothing is missing or unknown. */
export function nightWord({ runs, missing, unreadable }: Night): NightWord {
  if (missing.length > 0 || runs.some((run) => run.state === 'partial' || troubles(run) > 0)) return 'bad';
  if (unreadable.length > 0 || runs.some(({ state }) => state === 'rebuilt')) return 'unknown';
  if (runs.length === 0) return 'none';
  return runs.every(({ state }) => state === 'succeeded') ? 'good' : 'running';
}

/** Keys of a run that have no backup of this night although they should. */
export function troubles({ counts }: Run): number {
  return counts.failed + counts.refused;
}

/** What is not in the list of runs, a sentence for each HSM. */
export function gapsInWords({
  missing,
  unreadable,
}: Pick<Night, 'missing' | 'unreadable'>): readonly string[] {
  return [
    ...missing.map((hsm) => `No run over ${hsm}, though one was due.`),
    ...unreadable.map((hsm) => `The record of a run over ${hsm} cannot be read.`),
  ];
}

/** Whether there is more to say of a night than that no run came, and none was due. */
export function hasNews({ runs, missing, unreadable }: Night): boolean {
  return runs.length + missing.length + unreadable.length > 0;
}

/** Runs over many HSMs as one: how many ended how, and what they did. */
export function runsInWords(runs: readonly Run[]): string {
  const states = Map.groupBy(runs, ({ state }) => runState(state)[0].toLowerCase());
  const ended = [...states].map(([state, some]) => `${counted(some.length, 'run')} ${state}`);
  const sum = (of: (run: Run) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const failed = sum(troubles);
  const words = [
    ...ended,
    `${counted(
      sum(({ counts }) => counts.backedUp),
      'key',
    )} backed up`,
  ];
  return [...words, ...(failed === 0 ? [] : [`${failed} failed`])].join(', ');
}

/** So many runs are said one by one. */
const FEW = 4;

/** What a cell says aloud. */
export function nightInWords({ date, ...night }: Night & { readonly date: string }): string {
  const { runs } = night;
  const each = runs.map((run) => {
    const failed = troubles(run);
    const good = `${counted(run.counts.backedUp, 'key')} backed up`;
    const [state] = runState(run.state);
    return `${run.hsm}: ${state.toLowerCase()}, ${good}${failed === 0 ? '' : `, ${failed} failed`}`;
  });
  const gaps = gapsInWords(night);
  const all = runs.length > FEW ? runsInWords(runs) : listed(each);
  const said = [...(all === '' ? [] : [`${all}.`]), ...gaps].join(' ');
  return `${date}: ${said === '' ? 'no run' : said}`;
}
