/** The outcome of a request reaches who asked and who approved; who is not reached is named. A mail channel has readers of its own. */
import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../src/core/time.ts';
import { ApproverEntry } from '../../../src/features/notify/model/channel-entry.ts';
import type { NamedPerson } from '../../../src/features/notify/model/people.ts';
import { aRequestEvent, SAMPLE_AT } from '../../support/notify-samples.ts';
import { anEntry, NotifyWorld } from '../../support/notify-world.ts';

const ALICE = '11111111-1111-4111-8111-111111111111';
const BOB = '22222222-2222-4222-8222-222222222222';
const DAN = '44444444-4444-4444-8444-444444444444';
const SMTP = { type: 'smtp', host: 'smtp.contoso.com', from: 'warden@contoso.com' };
const QUIET = { severity: 'critical', kinds: ['gate'] };

interface Given {
  readonly people?: readonly NamedPerson[];
  /** The channels of the group that is asked. */
  readonly channels?: readonly string[];
  readonly mail?: Record<string, unknown>;
  readonly others?: readonly Record<string, unknown>[];
}

/** A chat, a mail channel and Bob of the group security, whose address is known. */
function aWorld({ people = [], channels = ['chat'], mail = {}, others = [] }: Given = {}) {
  const entries = [
    { name: 'chat', ...QUIET },
    { name: 'mail', ...SMTP, to: ['keys@contoso.com'], ...QUIET, ...mail },
  ];
  const group = { group: 'security', people: [{ name: 'Bob', id: BOB, mail: 'bob@contoso.com' }] };
  return new NotifyWorld([...others, ...entries].map(anEntry), {
    approvers: [ApproverEntry.parse({ ...group, channels })],
    people,
  });
}

const ASKED = { missingGroups: ['security'], missingApprovals: 1 };
/** Bob and Dan have approved, and it succeeded. */
const DONE = {
  at: SAMPLE_AT + MINUTE_MS,
  missingApprovals: 0,
  missingGroups: [],
  approvedBy: [
    { id: BOB, name: 'Bob' },
    { id: DAN, name: 'dan@contoso.com' },
  ],
};

async function ended(world: NotifyWorld): Promise<void> {
  await world.happen(aRequestEvent('requested', ASKED));
  await world.happen(aRequestEvent('succeeded', DONE));
}

function unreachedOn(world: NotifyWorld, channel: string): readonly unknown[] {
  return (world.accepted(channel).at(-1)?.facts ?? []).filter(({ label }) => label === 'Not reached by mail');
}

describe('the outcome', () => {
  it('is mailed to who asked and to who approved, by the addresses of the settings', async () => {
    const world = aWorld({
      people: [
        { name: 'Alice', id: ALICE.toUpperCase(), mail: 'alice@contoso.com' },
        { name: 'Dan', mail: 'Dan@Contoso.com' },
        { name: 'Eve', mail: 'eve@contoso.com' },
      ],
    });

    await ended(world);

    const mails = world.accepted('mail');
    expect(mails.map(({ recipients = [] }) => [...recipients].sort())).toEqual([
      ['Dan@Contoso.com', 'alice@contoso.com', 'bob@contoso.com'],
    ]);
    expect(mails[0]?.title).toContain('succeeded');
    expect(unreachedOn(world, 'mail')).toEqual([]);
  });

  it('names who is not reached, to those who are', async () => {
    const world = aWorld({ people: [{ name: 'Eve', mail: 'eve@contoso.com' }] });
    await ended(world);

    const fact = { label: 'Not reached by mail', text: 'Alice, dan@contoso.com' };
    expect(world.accepted('mail').map(({ recipients }) => recipients)).toEqual([['bob@contoso.com']]);
    for (const channel of ['mail', 'chat']) expect(unreachedOn(world, channel)).toEqual([fact]);
    expect(world.accepted('chat')[0]?.facts).not.toContainEqual(expect.objectContaining(fact));
  });

  it('goes by the mail channel of those who were asked, where there are several', async () => {
    const world = aWorld({
      channels: ['mail'],
      others: [{ name: 'newsletter', ...SMTP, to: ['all@contoso.com'], ...QUIET }],
      people: [{ name: 'Alice', id: ALICE, mail: 'alice@contoso.com' }],
    });
    await ended(world);

    expect(world.accepted('newsletter')).toEqual([]);
    expect(world.accepted('mail').at(-1)?.recipients).toEqual(['bob@contoso.com', 'alice@contoso.com']);
  });
});

describe('a mail channel that asks the people of a group', () => {
  const open = { severity: 'info', kinds: ['recovery'] };

  it('keeps its own receivers informed by its filter, too', async () => {
    const world = aWorld({ channels: ['mail'], mail: open });
    await ended(world);

    expect(world.accepted('mail').map(({ kind, recipients }) => [kind, recipients])).toEqual([
      ['new', ['bob@contoso.com']],
      ['new', undefined],
      ['resolved', ['bob@contoso.com']],
      ['resolved', undefined],
    ]);
  });

  it('writes to nobody twice', async () => {
    const world = aWorld({
      channels: ['mail'],
      mail: { ...open, to: ['keys@contoso.com', 'BOB@contoso.com'] },
    });
    await world.happen(aRequestEvent('requested', ASKED));

    expect(world.accepted('mail').map(({ recipients }) => recipients)).toEqual([
      ['bob@contoso.com'],
      ['keys@contoso.com'],
    ]);
  });

  it('reminds the people, and not its own receivers', async () => {
    const world = aWorld({ channels: ['mail'], mail: open });
    await world.happen(aRequestEvent('requested', ASKED));
    await world.pass(16 * MINUTE_MS);

    expect(
      world
        .accepted('mail')
        .filter(({ kind }) => kind === 'reminder')
        .map(({ recipients }) => recipients),
    ).toEqual([['bob@contoso.com']]);
  });

  it('leaves its own receivers alone where its filter does', async () => {
    const world = aWorld({ channels: ['mail'] });
    await ended(world);
    expect(world.accepted('mail').map(({ recipients }) => recipients)).toEqual([
      ['bob@contoso.com'],
      ['bob@contoso.com'],
    ]);
  });
});
