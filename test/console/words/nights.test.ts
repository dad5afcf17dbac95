/** A night in words. */
import { describe, expect, it } from 'vitest';
import { hasNews, nightInWords, nightWord, runsInWords } from '../../../src/console/words/night.ts';

describe('a night', () => {
  const run = (state: string, failed = 0, refused = 0) => ({
    hsm: 'contoso',
    state,
    counts: { backedUp: 1, failed, refused },
  });
  const night = (
    runs: readonly ReturnType<typeof run>[],
    missing: string[] = [],
    unreadable: string[] = [],
  ) => ({
    runs,
    missing,
    unreadable,
  });
  it.each([
    ['without a run that was due is none', night([]), 'none'],
    ['of good runs is good', night([run('succeeded'), run('succeeded')]), 'good'],
    ['with a failed key is bad', night([run('succeeded', 1)]), 'bad'],
    ['with a refused key is bad', night([run('succeeded', 0, 1)]), 'bad'],
    ['with a partial run is bad', night([run('succeeded'), run('partial')]), 'bad'],
    [
      'with a missing run is bad, however good the others are',
      night([run('succeeded')], ['fabrikam']),
      'bad',
    ],
    ['without any of the runs that were due is bad', night([], ['fabrikam']), 'bad'],
    ['with a run that nobody can read is not known', night([run('succeeded')], [], ['fabrikam']), 'unknown'],
    ['with a run that goes on is not good', night([run('succeeded'), run('running')]), 'running'],
    ['of a rebuilt record is not known', night([run('rebuilt')]), 'unknown'],
  ] as const)('%s', (_name, of, word) => {
    expect(nightWord(of)).toBe(word);
  });

  it('is said aloud with what is missing, and in the words of the page', () => {
    const date = '2026-11-24';
    expect(nightInWords({ date, ...night([run('partial', 2)], ['fabrikam'], ['tailspin']) })).toBe(
      '2026-11-24: contoso: partial: some keys failed, 1 key backed up, 2 failed. No run over fabrikam, though one was due. The record of a run over tailspin cannot be read.',
    );
    expect(nightInWords({ date, ...night([]) })).toBe('2026-11-24: no run');
  });

  it('over many HSMs is said as one, with how many runs ended how', () => {
    const runs = [run('succeeded'), run('succeeded'), run('succeeded'), run('partial', 2), run('running')];
    expect(nightInWords({ date: '2026-11-24', ...night(runs) })).toBe(
      '2026-11-24: 3 runs succeeded, 1 run partial: some keys failed, 1 run running, 5 keys backed up, 2 failed.',
    );
    expect(runsInWords([run('succeeded'), run('succeeded')])).toBe('2 runs succeeded, 2 keys backed up');
  });

  it.each([
    ['nothing', night([]), false],
    ['a run', night([run('succeeded')]), true],
    ['a run that is missing', night([], ['fabrikam']), true],
    ['a run that nobody can read', night([], [], ['fabrikam']), true],
  ] as const)('with %s', (_, of, is) => {
    expect(hasNews(of)).toBe(is);
  });
});
