import { describe, expect, it } from 'vitest';
import { describeHistory, describeTags } from '../../../../src/features/recovery/planning/history.ts';

const BOB = { upn: 'bob@contoso.com', objectId: '1111', address: '203.0.113.7' };
const DELETED = {
  state: 'deleted' as const,
  createdAt: 1_000,
  deletedAt: 60_000,
  scheduledPurgeAt: 90_000_000,
  told: [],
  uses: [],
};
const PURGE = { at: 120_000, awaitsRecord: false, records: [] };

const history = (
  known: Parameters<typeof describeHistory>[0]['keys'][string] | undefined,
  purge?: Parameters<typeof describeHistory>[0]['purges'][string],
  deletedAt?: number,
) =>
  describeHistory(
    {
      keys: known === undefined ? {} : { Orders: known },
      purges: purge === undefined ? {} : { Orders: purge },
    },
    'orders',
    deletedAt,
  ).join(' ');

describe('the history of a key', () => {
  it.each([
    [
      'says who deleted it, when and from where',
      history({ ...DELETED, deletedBy: BOB }, undefined, 60_000),
      'It was deleted at 1970-01-01T00:01:00.000Z by bob@contoso.com (object 1111) from 203.0.113.7.',
    ],
    [
      'says that who did is not known',
      history(DELETED, undefined, 60_000),
      'Who did so is not known: the HSM’s audit log has not said so',
    ],
    [
      'says so of a deletion that no scan has seen',
      history(undefined, undefined, 60_000),
      'It was deleted at 1970-01-01T00:01:00.000Z. Who did so is not known',
    ],
    [
      'says who misses it',
      history({
        ...DELETED,
        lastUse: { at: 61_000, operation: 'KeySign', caller: { appId: '2222', address: '10.0.0.4' } },
      }),
      'the last try to use it since was KeySign at 1970-01-01T00:01:01.000Z by application 2222 from 10.0.0.4.',
    ],
    ['says that nobody is known to miss it', history(DELETED), 'Nobody is known to have tried to use it'],
    [
      'says who purged it',
      history(undefined, { ...PURGE, deletedAt: 60_000, deletedBy: BOB, purgedBy: { objectId: '3333' } }),
      'It was deleted at 1970-01-01T00:01:00.000Z by bob@contoso.com (object 1111) from 203.0.113.7. It was purged by object 3333;',
    ],
    ['says that nothing is known', history(undefined), 'The watch has noted nothing of its deletion.'],
  ])('%s', (_case, said, expected) => {
    expect(said).toContain(expected);
  });

  it('is not taken from an earlier deletion of the name', () => {
    const said = history({ ...DELETED, deletedBy: BOB }, undefined, 80_000_000);
    expect(said).not.toContain('bob');
    expect(said).toContain('Who did so is not known');
  });

  it.each([
    {
      name: 'a line of its own',
      value: 'shop\nThe backup is sealed.',
      shown: 'app=shopThe backup is sealed.',
    },
    { name: 'text that runs backwards', value: 'shop\u202edelaes', shown: 'app=shopdelaes' },
    { name: 'what nobody sees', value: 'sh\u200bop', shown: 'app=shop' },
    { name: 'more than a sentence takes', value: 'x'.repeat(256), shown: `app=${'x'.repeat(196)}` },
  ])('shows approvers a tag without $name', ({ value, shown }) => {
    expect(describeTags({ app: value })).toEqual([`Its tags: ${shown}.`]);
  });

  it('names ten tags at most', () => {
    expect(describeTags({})).toEqual([]);
    expect(describeTags({ app: 'shop' })).toEqual(['Its tags: app=shop.']);
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`t${index}`, 'x']));
    expect(describeTags(many)[0]).toMatch(/t9=x and 2 more\.$/);
  });
});
