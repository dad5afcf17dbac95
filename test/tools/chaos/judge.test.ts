import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../tools/chaos/checker/evidence.ts';
import { judge } from '../../../tools/chaos/checker/judge.ts';
import { AT, backupOf, chained, eventOf, goodEnd, keyOf, laterRun, RUN, recoveryLines } from './end-state.ts';
import { BUGS } from './planted-ends.ts';

const OTHER = '01kb5000000000000000000001';

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
      'a request that was noted twice because it could not be stored at first',
      () =>
        chained(
          recoveryLines().flatMap((line) =>
            line.event === 'recovery-requested' ? [{ ...line, digest: 'e'.repeat(64) }, line] : [line],
          ),
        ),
    ],
    [
      'two approved requests for one key, of which one brought it back',
      ({ recoveries, events }) => ({
        recoveries: [...recoveries, ...recoveries.map((one) => ({ ...one, id: OTHER }))],
        events: [
          ...events,
          ...events
            .filter(({ type }) => type.includes('Recovery'))
            .map((event) => ({ ...event, id: `${event.id}-2`, data: { recoveryId: OTHER } })),
        ],
        ...chained([...recoveryLines(), ...recoveryLines().map((line) => ({ ...line, recoveryId: OTHER }))]),
      }),
    ],
    [
      'an unchanged key that was backed up since it last changed',
      ({ calls }) => ({
        calls: [
          ...calls,
          { at: AT + 500, hsm: 'contoso', operation: 'KeyRotate', key: 'alpha', by: 'somebody' },
        ],
        runs: [laterRun()],
      }),
    ],
    [
      'an unchanged key that is another one since its purge',
      ({ calls }) => ({
        calls: [
          ...calls,
          { at: AT + 20_000, hsm: 'contoso', operation: 'KeyRotate', key: 'alpha', by: 'somebody' },
          { at: AT + 21_000, hsm: 'contoso', operation: 'KeyDelete', key: 'alpha', by: 'somebody' },
          { at: AT + 22_000, hsm: 'contoso', operation: 'KeyPurge', key: 'alpha', by: 'somebody' },
        ],
        events: [...goodEnd().events, eventOf('KeyPurged', 'alpha', {}, 30)],
        runs: [laterRun()],
      }),
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
  return { hsm: 'contoso', runId, state: 'running', startedAt: undefined, endedAt: undefined, ...nothing };
}
