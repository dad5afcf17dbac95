import { describe, expect, it } from 'vitest';
import { doubtsNow, overallNow, verdictNow } from '../../src/console/words/judge.ts';

const AT = Date.parse('2026-11-28T12:00:00Z');

describe('the verdict on an HSM', () => {
  it.each([
    ['just before it is stale', 'safe', AT - 1, 'safe'],
    ['at the moment it gets stale', 'safe', AT, 'safe'],
    ['just after', 'safe', AT + 1, 'unknown'],
    ['just after, of one at risk', 'at-risk', AT + 1, 'unknown'],
  ] as const)('%s', (_name, verdict, now, expected) => {
    expect(verdictNow({ verdict, staleAfter: '2026-11-28T12:00:00Z' }, now)).toBe(expected);
  });

  it('stands where nothing says when it gets stale', () => {
    expect(verdictNow({ verdict: 'safe' }, AT)).toBe('safe');
  });
});

describe('the verdict over all', () => {
  const fresh = { verdict: 'safe', staleAfter: '2026-11-28T13:00:00Z' } as const;
  const stale = { verdict: 'safe', staleAfter: '2026-11-28T11:00:00Z' } as const;
  it.each([
    ['is safe while every picture is fresh', 'safe', [fresh], false, 'safe'],
    ['cannot be told with one stale picture', 'safe', [fresh, stale], false, 'unknown'],
    ['cannot be told when the page could not be renewed', 'safe', [fresh], true, 'unknown'],
    ['stays at risk whatever is stale', 'at-risk', [stale], true, 'at-risk'],
    ['stays unknown', 'unknown', [fresh], false, 'unknown'],
  ] as const)('%s', (_name, verdict, hsms, isOld, expected) => {
    expect(overallNow({ verdict, hsms }, AT, isOld)).toBe(expected);
  });
});

describe('what is said beside the verdict', () => {
  const trouble = { message: 'The storage is gone.', advice: 'Look at it.' };
  it.each([
    ['nothing of what is fresh and in order', {}, []],
    [
      'why, of a picture that cannot be relied on',
      { verdict: 'unknown', why: 'Not sealed.' },
      ['Not sealed.'],
    ],
    ['why, of what is at risk', { verdict: 'at-risk', why: 'Not sealed.' }, ['Not sealed.']],
    [
      'that it is too old, and why',
      { staleAfter: '2026-11-28T11:00:00Z', why: 'Not sealed.' },
      ['The last picture is too old to tell.', 'Not sealed.'],
    ],
    [
      'the trouble once, with what to do',
      { verdict: 'unknown', why: trouble.message, trouble },
      ['The storage is gone.', 'Look at it.'],
    ],
  ] as const)('%s', (_name, hsm, sentences) => {
    expect(doubtsNow({ verdict: 'safe', ...hsm }, AT)).toEqual(sentences);
  });
});
