/** Sending: kept until accepted, at growing pauses, in order, once, and what fails is heard of on another channel. */
import { describe, expect, it } from 'vitest';
import { WardenError, type WardenErrorCode } from '../../../src/core/errors.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts';
import { afterFailure } from '../../../src/features/notify/sending/retry-plan.ts';
import { sendDue } from '../../../src/features/notify/sending/send-due.ts';
import { aDeletion, aRecoveredKey, SAMPLE_AT } from '../../support/notify-samples.ts';
import { anEntry, NotifyWorld } from '../../support/notify-world.ts';

function failure(code: WardenErrorCode, retryAfterMs?: number): WardenError {
  return new WardenError(code, {
    message: 'planted https://hooks.slack.com/services/SECRET',
    reason: '503',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

describe('the pause after a failure', () => {
  it.each([
    [1, 2_000],
    [2, 4_000],
    [5, 32_000],
    [9, 512_000],
    [10, 900_000],
    [500, 900_000],
  ])('number %d is %d ms', (attempts, expected) => {
    expect(afterFailure(failure('channel-unavailable'), attempts, 1, 0)).toMatchObject({
      messageAt: expected,
    });
  });

  it.each([
    [60_000, 60_000],
    [3_600_000, 3_600_000],
    [3_600_001, 3_600_000],
    [1, 2_000],
  ])('is what the service asks for (%d ms), up to an hour: %d ms', (wish, expected) => {
    expect(afterFailure(failure('channel-throttled', wish), 1, 1, 0)).toEqual({
      kind: 'retry',
      messageAt: expected,
      channelAt: expected,
    });
  });

  it('is none where the message was refused', () => {
    expect(afterFailure(failure('channel-refused'), 1, 1, 0)).toEqual({ kind: 'refused' });
  });
});

describe('a message', () => {
  it.each([
    'channel-unreachable',
    'channel-unavailable',
    'channel-throttled',
    'channel-misconfigured',
  ] as const)(
    'waits while the service fails with %s, and is accepted once when it works again',
    async (code) => {
      const world = new NotifyWorld();
      world.channel().behave = () => {
        throw failure(code);
      };
      await world.happen(aDeletion('orders'));
      await world.pass(HOUR_MS);
      expect(world.accepted()).toEqual([]);

      world.channel().behave = () => undefined;
      await world.pass(HOUR_MS);

      expect(world.accepted()).toHaveLength(1);
      expect((await world.stateOf()).receipts[0]).toMatchObject({
        outcome: 'accepted',
        tries: expect.any(Array),
      });
    },
  );

  it('is given up after a day, just then', async () => {
    const world = new NotifyWorld();
    world.channel().behave = () => {
      throw failure('channel-unreachable');
    };
    await world.happen(aDeletion('orders'));
    await world.pass(DAY_MS - 2 * MINUTE_MS);
    expect((await world.stateOf()).pending).toHaveLength(1);
    await world.pass(5 * MINUTE_MS);

    expect((await world.stateOf()).pending).toEqual([]);
    expect((await world.stateOf()).receipts.at(-1)?.outcome).toBe('expired');
  });

  it('that is refused holds up no other', async () => {
    const world = new NotifyWorld();
    world.channel().behave = ({ title }) => {
      if (title.includes('odd')) throw failure('channel-refused');
    };
    await world.happen(aDeletion('odd'));
    await world.happen(aDeletion('good', { hsm: 'fabrikam' }));

    expect(world.accepted().map(({ title }) => title)).toEqual(['Key good on HSM fabrikam was deleted.']);
    expect((await world.stateOf()).receipts.map(({ outcome }) => outcome)).toEqual(['refused', 'accepted']);
  });

  it('whose service fails on it alone holds up no other', async () => {
    const world = new NotifyWorld();
    world.channel().behave = ({ title }) => {
      if (title.includes('odd')) throw failure('channel-unavailable');
    };
    await world.happen(aDeletion('odd'));
    for (let n = 0; n < 20; n += 1) await world.happen(aDeletion(`good-${n}`, { hsm: `hsm-${n}` }));
    await world.pass(5 * MINUTE_MS);

    expect(world.accepted()).toHaveLength(20);
  });

  it('of a thread never overtakes an older one of it', async () => {
    const world = new NotifyWorld();
    let count = 0;
    world.channel().behave = () => {
      count += 1;
      if (count <= 4) throw failure('channel-unavailable');
    };
    await world.happen(aDeletion('orders'));
    await world.happen(aRecoveredKey('orders', SAMPLE_AT + 1000));
    await world.pass(HOUR_MS);

    expect(world.accepted().map(({ kind }) => kind)).toEqual(['new', 'resolved']);
  });

  it('is sent once more when its answer was lost, under the same id, and never after its acceptance was recorded', async () => {
    const world = new NotifyWorld();
    let lost = false;
    world.channel().behave = () => {
      if (lost) return;
      lost = true;
      throw failure('channel-unreachable');
    };
    await world.happen(aDeletion('orders'));
    await world.pass(HOUR_MS);

    expect(world.channel().arrived.map(({ id }) => id)).toEqual([
      world.accepted()[0]?.id,
      world.accepted()[0]?.id,
    ]);
  });

  it('leaves no secret in what is remembered or logged', async () => {
    const world = new NotifyWorld();
    world.channel().behave = () => {
      throw failure('channel-unavailable');
    };
    await world.happen(aDeletion('orders'));
    await world.pass(HOUR_MS);

    const texts =
      [...world.state.documents.values()].map(({ text }) => text).join() + JSON.stringify(world.logger.lines);
    expect(texts).not.toContain('SECRET');
    expect(texts).toContain('channel-unavailable (503)');
  });
});

describe('the right to send', () => {
  it('fails nothing when it cannot be given back: the message was accepted', async () => {
    const world = new NotifyWorld();
    world.leases.faults.fail('release', failure('storage-unavailable'));

    await world.happen(aDeletion('orders'));

    expect(world.accepted()).toHaveLength(1);
    expect(world.logger.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { message: 'the lease could not be given back and lapses by itself', fields: { channel: 'ops' } },
    ]);
  });

  it('does not hide what stopped the sending when it cannot be given back', async () => {
    const world = new NotifyWorld();
    world.state.faults.fail('read', failure('storage-forbidden'));
    world.leases.faults.fail('release', failure('storage-unavailable'));

    await expect(sendDue(world.deps, world.channel())).rejects.toMatchObject({ code: 'storage-forbidden' });
  });
});

describe('a channel that fails', () => {
  it('is heard of on another one, once, and so is its end', async () => {
    const world = new NotifyWorld([anEntry({ name: 'ops' }), anEntry({ name: 'other', kinds: ['channel'] })]);
    world.channel('ops').behave = () => {
      throw failure('channel-unavailable');
    };
    await world.happen(aDeletion('orders'));
    await world.pass(9 * MINUTE_MS);
    expect(world.accepted('other')).toEqual([]);
    await world.pass(10 * MINUTE_MS);
    expect(world.accepted('other').map(({ kind }) => kind)).toEqual(['new']);
    expect(world.accepted('other')[0]?.title).toContain('ops');

    world.channel('ops').behave = () => undefined;
    await world.pass(HOUR_MS);

    expect(world.accepted('other').map(({ kind }) => kind)).toEqual(['new', 'resolved']);
    expect(world.accepted('ops').every(({ title }) => !title.includes('channel ops'))).toBe(true);
  });

  it('is heard of by the failure of the daily test alone', async () => {
    const world = new NotifyWorld([anEntry({ name: 'ops' }), anEntry({ name: 'other' })]);
    world.channel('ops').behave = () => {
      throw failure('channel-misconfigured');
    };
    await world.test('daily-2026-11-25');
    await world.test('daily-2026-11-25');
    await world.pass(5 * MINUTE_MS);

    expect(world.accepted('other').map(({ kind }) => kind)).toEqual(['test', 'new']);
  });
});

it('works on nothing without channels', async () => {
  const world = new NotifyWorld([]);
  await world.happen(aDeletion('orders'));
  await world.tick();
  expect(world.state.documents.size).toBe(0);
});

describe('a message that is lost', () => {
  const lostOn = (world: NotifyWorld) =>
    world.accepted('other').filter(({ title }) => title.includes('channel ops lost'));

  it('is reported on another channel when it was refused, though the next one is accepted at once', async () => {
    const world = new NotifyWorld([anEntry({ name: 'ops' }), anEntry({ name: 'other' })]);
    world.channel('ops').behave = ({ title }) => {
      if (title.includes('odd')) throw failure('channel-refused');
    };
    await world.happen(aDeletion('odd'));
    await world.happen(aDeletion('good', { hsm: 'fabrikam' }));
    expect((await world.stateOf('ops')).failingSince).toBeUndefined();

    await world.pass(HOUR_MS);

    expect(lostOn(world).map(({ kind, title }) => [kind, title])).toEqual([
      [
        'new',
        'The notification channel ops lost 1 message: its service refused it, or it was given up after a day.',
      ],
    ]);
    expect(lostOn(world)[0]?.facts).toContainEqual({ label: 'Error', text: 'channel-refused (503)' });
    expect(world.accepted('ops').filter(({ title }) => title.includes('channel ops'))).toEqual([]);
  });

  it('is reported on another channel when it was given up, though others are accepted', async () => {
    const world = new NotifyWorld([anEntry({ name: 'ops' }), anEntry({ name: 'other', kinds: ['channel'] })]);
    world.channel('ops').behave = ({ title }) => {
      if (title.includes('odd')) throw failure('channel-unavailable');
    };
    await world.happen(aDeletion('odd', { severity: 'info' }));
    for (let hour = 0; hour < 24; hour += 1) {
      await world.happen(
        aDeletion(`good-${hour}`, { hsm: `hsm-${hour}`, severity: 'info' }, world.clock.now()),
      );
      await world.pass(HOUR_MS);
    }
    // Accepted right after, before the timer comes by.
    await world.clock.advance(MINUTE_MS);
    await world.happen(aDeletion('last', { hsm: 'fabrikam', severity: 'info' }, world.clock.now()));
    await world.pass(HOUR_MS);

    expect(lostOn(world)).toHaveLength(1);
  });

  it('is reported with what else is lost within an hour, so that two channels that refuse all report no endless chain', async () => {
    const world = new NotifyWorld([anEntry({ name: 'ops' }), anEntry({ name: 'other' })]);
    for (const name of ['ops', 'other'])
      world.channel(name).behave = () => {
        throw failure('channel-refused');
      };
    await world.happen(aDeletion('orders', { severity: 'info' }));
    await world.pass(5 * HOUR_MS + 30 * MINUTE_MS);

    for (const [name, about] of [
      ['ops', 'other'],
      ['other', 'ops'],
    ] as const) {
      const reports = world
        .channel(name)
        .arrived.filter(({ title }) => title.includes(`channel ${about} lost`));
      expect(reports.length).toBeGreaterThan(1);
      expect(reports.length).toBeLessThanOrEqual(6);
    }
  });
});
