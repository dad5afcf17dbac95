import { describe, expect, it } from 'vitest';
import {
  doubtsNow,
  isCalm,
  isStale,
  overallNow,
  verdictNow,
  worstFirst,
} from '../../src/console/words/judge.ts';

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

describe('what is said of keys is stale', () => {
  const staleAfter = '2026-11-28T12:00:00Z';
  it.each([
    ['not at the moment until which it holds', { stale: false, staleAfter }, AT, false],
    ['just after, though it was fresh when it was read', { stale: false, staleAfter }, AT + 1, true],
    ['when it was so already', { stale: true, staleAfter }, AT - 1, true],
    ['not where nothing says until when it holds', { stale: false }, AT, false],
  ] as const)('%s', (_name, asOf, now, stale) => {
    expect(isStale(asOf, now)).toBe(stale);
  });
});

describe('the verdict over all', () => {
  const fresh = { verdict: 'safe', staleAfter: '2026-11-28T13:00:00Z' } as const;
  const stale = { verdict: 'safe', staleAfter: '2026-11-28T11:00:00Z' } as const;
  it.each([
    ['is safe while every picture is fresh', 'safe', [fresh], false, 'safe'],
    ['is not known with one stale picture', 'safe', [fresh, stale], false, 'unknown'],
    ['is not known when the page could not be renewed', 'safe', [fresh], true, 'unknown'],
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

describe('many HSMs', () => {
  const hsm = (
    name: string,
    verdict: 'safe' | 'at-risk' | 'unknown',
    staleAfter = '2026-11-28T13:00:00Z',
  ) => ({
    name,
    verdict,
    staleAfter,
    warnings: [],
  });

  it('are in the order of what needs somebody, and else as they were', () => {
    const old = '2026-11-28T11:00:00Z';
    const given = [
      hsm('a', 'safe'),
      hsm('b', 'safe', old),
      hsm('c', 'unknown'),
      hsm('d', 'at-risk'),
      hsm('e', 'safe'),
    ];
    expect(worstFirst(given, AT).map(({ name }) => name)).toEqual(['d', 'b', 'c', 'a', 'e']);
  });

  it.each([
    ['safe', hsm('a', 'safe'), true],
    ['safe, by a picture that is too old', hsm('a', 'safe', '2026-11-28T11:00:00Z'), false],
    ['at risk', hsm('a', 'at-risk'), false],
    ['safe, with a warning', { ...hsm('a', 'safe'), warnings: ['Purge protection is off.'] }, false],
    ['safe, with a doubt', { ...hsm('a', 'safe'), why: 'The next scan is late.' }, false],
  ] as const)('need nobody only while they are safe and nothing is to be said: one %s', (_, of, is) => {
    expect(isCalm(of, AT)).toBe(is);
  });
});
