/** A request that too few of those who are asked could complete is known for that when it is made. */
import { describe, expect, it } from 'vitest';
import { ApproverEntry } from '../../../../src/features/notify/model/channel-entry.ts';
import { warnOfSilence, warnOfTooFew } from '../../../../src/features/recovery/planning/reachable.ts';
import { anEntry } from '../../../support/notify-world.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const ID = {
  alice: '11111111-1111-4111-8111-111111111111',
  bob: '22222222-2222-4222-8222-222222222222',
  carol: '33333333-3333-4333-8333-333333333333',
} as const;
const ALICE = { id: ID.alice.toUpperCase(), name: 'alice@contoso.com' };
const named = (...names: readonly (keyof typeof ID)[]) => names.map((name) => ({ name, id: ID[name] }));

function entries(groups: Readonly<Record<string, readonly object[] | undefined>>) {
  return Object.entries(groups).map(([group, people]) =>
    ApproverEntry.parse({ group, channels: ['ops'], ...(people === undefined ? {} : { people }) }),
  );
}

const TWO = { approvals: 2, groups: [] };
const BOTH = { approvals: 2, groups: ['security', 'owner'] };

describe('a request by alice', () => {
  it.each([
    ['nobody is named at all', TWO, {}],
    ['two others are named', TWO, { security: named('bob', 'carol') }],
    ['two others are named in two groups', TWO, { security: named('bob'), owner: named('carol') }],
    ['each group has another', BOTH, { security: named('bob'), owner: named('carol') }],
    ['each group has another besides her', BOTH, { security: named('alice', 'bob'), owner: named('carol') }],
    ['the people of the groups are not named', BOTH, { security: undefined, owner: undefined }],
    ['those of one group are not named', BOTH, { security: named('bob'), owner: undefined }],
    [
      'somebody is in both groups, and another in one',
      BOTH,
      { security: named('bob', 'carol'), owner: named('bob') },
    ],
    [
      'somebody has a mail address only',
      TWO,
      { security: [{ name: 'B', mail: 'b@contoso.com' }, ...named('carol')] },
    ],
  ] as const)('can be completed where %s', (_case, rule, groups) => {
    expect(warnOfTooFew(rule, ALICE, entries(groups))).toEqual([]);
  });

  it.each([
    ['one other is named', TWO, { security: named('alice', 'bob') }, /names bob\.$/],
    ['she alone is named', TWO, { security: named('alice') }, /names nobody\.$/],
    [
      'the same person is named in both groups',
      BOTH,
      { security: named('bob'), owner: named('bob') },
      /owner/,
    ],
    ['a group is not named', BOTH, { security: named('bob', 'carol') }, /Nobody of owner is left/],
    [
      'a group is hers alone',
      BOTH,
      { security: named('bob', 'carol'), owner: named('alice') },
      /Nobody of owner/,
    ],
    ['a group has nobody', BOTH, { security: named('bob', 'carol'), owner: [] }, /Nobody of owner/],
    [
      'three are needed',
      { ...BOTH, approvals: 3 },
      { security: named('bob'), owner: named('carol') },
      /3 approvals/,
    ],
    [
      'she goes by her mail address',
      TWO,
      { security: [{ name: 'A', mail: 'Alice@Contoso.com' }, ...named('bob')] },
      /names bob\./,
    ],
  ] as const)('is warned of where %s', (_case, rule, groups, said) => {
    expect(warnOfTooFew(rule, ALICE, entries(groups))).toEqual([expect.stringMatching(said)]);
  });
});

it('is said to who asks and to who approves, among what pre-flight found', async () => {
  const world = await RecoveryWorld.withBackup();
  world.hsm.deleteKey('orders');
  world.approvers = entries({ security: [{ name: 'Alice', mail: 'alice@contoso.test' }, ...named('bob')] });

  const { preflight } = await world.ask();

  expect(preflight.at(-1)).toBe(
    'Warning: too few people are asked to complete this. It needs 2 approvals, and besides the requester WARDEN_NOTIFY_APPROVERS names bob.',
  );
});

describe('that who asks hears of no outcome', () => {
  const mail = anEntry({
    ...{
      type: 'smtp',
      name: 'mail',
      host: 'smtp.contoso.com',
      from: 'w@contoso.com',
      to: ['keys@contoso.com'],
    },
  });
  const person = { ...ALICE, kind: 'person' } as const;
  const approvers = entries({ security: named('bob') });

  it.each([
    ['no mail channel', [anEntry()], [{ name: 'A', mail: 'alice@contoso.com' }], /has no mail channel\.$/],
    ['no address', [mail], [], /has a mail address of theirs\.$/],
    [
      'the address of another',
      [mail],
      [{ name: 'B', mail: 'b@contoso.com' }],
      /^Warning: alice@contoso\.com is not reachable/,
    ],
  ] as const)('is warned of where the settings have %s', (_case, channels, people, said) => {
    expect(warnOfSilence(person, { approvers, channels, people })).toEqual([expect.stringMatching(said)]);
  });

  it.each([
    ['her address', { channels: [mail], people: [{ name: 'A', id: ID.alice, mail: 'a@contoso.com' }] }],
    ['no channel', { channels: [], people: [] }],
    ['nobody who is reached in person', { channels: [anEntry()], people: [], approvers: [] }],
  ])('is not warned of where the settings have %s', (_case, asked) => {
    expect(warnOfSilence(person, { approvers, ...asked })).toEqual([]);
  });

  it('is not warned of where a webhook asks', () => {
    expect(warnOfSilence({ ...ALICE, kind: 'webhook' }, { approvers, channels: [mail] })).toEqual([]);
  });

  it('is said in the pre-flight of the request', async () => {
    const world = await RecoveryWorld.withBackup();
    world.hsm.deleteKey('orders');
    world.approvers = entries({ security: named('bob', 'carol') });
    world.channels = [anEntry()];

    expect((await world.ask()).preflight.at(-1)).toMatch(/is not reachable and hears of no outcome by mail/);
  });
});
