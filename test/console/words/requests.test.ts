/** What is said of requests. */
import { describe, expect, it } from 'vitest';
import { differences } from '../../../src/console/words/difference.ts';
import { happenedInWords } from '../../../src/console/words/happened.ts';
import { operationTitle } from '../../../src/console/words/operation.ts';
import { outcomeInWords } from '../../../src/console/words/outcome.ts';
import { verifiedInWords } from '../../../src/console/words/verified.ts';

describe('what was verified', () => {
  it.each([
    [{}, false],
    [{ versions: 2 }, false],
    [{ versions: 2, verified: 1 }, false],
    [{ versions: 0, verified: 0 }, false],
    [{ versions: 2, verified: 2 }, true],
  ])('%j is whole: %s', (outcome, isWhole) => {
    expect(verifiedInWords(outcome).isWhole).toBe(isWhole);
  });
});

describe('how a request ended', () => {
  const ended = (state: string, action: string, outcome?: { versions?: number; verified?: number }) =>
    outcomeInWords({
      state,
      operation: { action, key: 'orders' },
      ...(outcome === undefined ? {} : { outcome }),
    });

  it.each([
    ['restore', { versions: 2, verified: 2 }, 'orders is back, verified', 'good'],
    ['restore', { versions: 2, verified: 1 }, 'orders is back', 'warn'],
    ['recover', { versions: 0, verified: 0 }, 'orders is back', 'warn'],
    ['recover', undefined, 'orders is back', 'warn'],
    ['adopt', { versions: 2 }, 'The backup counts as a recovery point', 'good'],
  ] as const)('well (%s, %j) is: %s', (action, outcome, title, tone) => {
    expect(ended('succeeded', action, outcome)).toMatchObject({ title, tone });
  });

  it('says of an adoption nothing about a key that is back', () => {
    expect(ended('succeeded', 'adopt', { versions: 2 }).verified).toBeUndefined();
  });

  it('badly is said for an adoption, too', () => {
    expect(ended('failed', 'adopt')).toEqual({
      title: 'It failed, and has ended: whoever still needs it asks again',
      tone: 'bad',
    });
  });
});

it.each([
  ['recover', 'Recover orders on contoso-dr'],
  ['restore', 'Restore orders on contoso-dr'],
  ['adopt', 'Adopt a backup of orders of contoso-dr'],
] as const)('a request to %s has its own title', (action, title) => {
  expect(operationTitle({ action, key: 'orders', hsm: 'contoso', target: 'contoso-dr' })).toBe(title);
});

describe('what changed while somebody looked', () => {
  const before = {
    state: 'requested',
    digest: 'a',
    expiresAt: 'later',
    approvals: [],
    missingGroups: [],
    policy: { approvals: 2, groups: [] },
  };
  it.each([
    ['nothing', {}, []],
    ['an approval', { approvals: [{ by: { id: 'b', name: 'bob' } }] }, ['bob approved it.']],
    ['the state', { state: 'rejected' }, ['It was “Waiting for approvals” and is “Rejected” now.']],
    ['the digest', { digest: 'b' }, ['What will be done is not what was shown: read it again.']],
    ['the policy', { policy: { approvals: 3, groups: [] } }, ['It needs 3 approvals now, and 2 before.']],
  ])('%s is said', (_name, change, sentences) => {
    expect(differences(before, { ...before, ...change })).toEqual(sentences);
  });
});

it.each([
  [{ event: 'requested', by: 'Alice' }, 'Asked for, by Alice.'],
  [
    { event: 'approval-given', by: 'Bob', signIn: 'signed in now, c1' },
    'Approved, by Bob (signed in now, c1).',
  ],
  [{ event: 'rejected', by: 'Carol', detail: 'not needed.' }, 'Rejected, by Carol: not needed.'],
  [{ event: 'new-kind', by: 'HSM Warden' }, 'New kind, by HSM Warden.'],
])('%j is shown as: %s', (line, words) => {
  expect(happenedInWords(line)).toBe(words);
});
