import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../tools/chaos/checker/evidence.ts';
import { judge } from '../../../tools/chaos/checker/judge.ts';
import { backupOf, eventOf, goodEnd, keyOf, RUN } from './end-state.ts';
import { BUGS } from './planted-ends.ts';

describe('the checker', () => {
  it('finds nothing wrong with a good end', () => {
    expect(judge(goodEnd())).toEqual({ lost: [], doubled: [], unapproved: [], unreported: [], hung: [] });
  });

  it.each(BUGS)('sees that %s: %s', (_, where, change) => {
    const good = goodEnd();

    const verdict = judge({ ...good, ...change(good) });

    expect(verdict[where]).not.toEqual([]);
  });

  it.each<[what: string, change: (good: Evidence) => Partial<Evidence>]>([
    [
      'a purge that was reported late, as seen late',
      ({ events }) => ({
        events: [
          ...events.filter(({ subject }) => !subject?.endsWith('delta')),
          eventOf('KeyPurged', 'delta', {}, 900),
        ],
      }),
    ],
    ['an event that came twice', ({ events }) => ({ events: [...events, ...events] })],
    [
      'the same deletion, reported again when less time is left',
      ({ events }) => ({ events: [...events, eventOf('KeyDeleted', 'gamma', { secondsLeft: 5 })] }),
    ],
    [
      'a key that somebody else brought back meanwhile',
      ({ calls }) => ({ acts: [], calls: calls.map((call) => ({ ...call, by: 'somebody' })) }),
    ],
    [
      'a run that a later one has overtaken',
      ({ runs }) => ({
        runs: [...runs, running('20261127T120000Z-nightly')],
      }),
    ],
    [
      'a run that a person began and left',
      ({ runs }) => ({
        runs: [...runs, running('20261129T120000Z-manual')],
      }),
    ],
    [
      'a change and a run that back up the same key',
      ({ backups }) => ({
        backups: [
          ...backups,
          { ...backupOf(keyOf('alpha')), blob: 'contoso/alpha/x', runId: RUN.replace('nightly', 'change') },
        ],
      }),
    ],
  ])('takes no offence at %s', (_, change) => {
    const good = goodEnd();

    expect(judge({ ...good, ...change(good) })).toEqual(judge(good));
  });
});

/** A run that is under way and has done nothing yet. */
function running(runId: string) {
  const nothing = { claimed: 0, lines: 0, backedUp: [], unchanged: [] };
  return { hsm: 'contoso', runId, state: 'running', endedAt: undefined, ...nothing };
}
