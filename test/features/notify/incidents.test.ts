/** Incidents: what belongs together is one thread, is said once, goes on while it lasts, and ends where it began. */
import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../src/core/time.ts';
import {
  aDeletion,
  aFinding,
  aHeartbeat,
  aRecoveredKey,
  aRequestEvent,
  SAMPLE_AT,
  SAMPLES,
} from '../../support/notify-samples.ts';
import { anEntry, NotifyWorld } from '../../support/notify-world.ts';

const HOUR_MS = 60 * MINUTE_MS;

describe('an event', () => {
  it.each([...SAMPLES].map(([name, event]) => [name, event] as const))(
    '%s is said once, in words',
    async (name, event) => {
      const world = new NotifyWorld([anEntry({ name: 'others' })]);

      await world.happen(event);
      await world.tick();

      const said = world.accepted('others');
      // A recovered key, a channel that works again, or a key that a drill brought back, was never in trouble here.
      const isEnd = [
        'key-recovered',
        'backup-replaced',
        'drill-ended',
        'drill-caught-up',
        'drill-proven',
        'drill-trusted',
        'notification-caught-up',
        'notification-channel-working',
        'recovery-gate-rearmed',
      ].includes(name);
      expect(said).toHaveLength(isEnd ? 0 : 1);
      for (const message of said) {
        expect(message.title.length).toBeGreaterThan(10);
        expect(message.todo).not.toBe('');
        expect(message.turn).not.toBe('');
        expect(JSON.stringify(message)).not.toMatch(/d1d1d1|d2d2d2|keybackup/);
      }
    },
  );

  it('is said once however often it is delivered', async () => {
    const world = new NotifyWorld();
    const event = aDeletion('orders');

    for (let n = 0; n < 3; n += 1) await world.happen(event);
    await world.happen(event, event);
    await world.tick();

    expect(world.accepted()).toHaveLength(1);
  });

  it('of a kind that this version does not know is said by its envelope alone', async () => {
    const world = new NotifyWorld();

    await world.happen({
      ...aDeletion('orders'),
      type: 'HsmWarden.SomethingNew',
      data: { hsm: 'contoso', token: 'eyJ-secret', digest: 'f'.repeat(64) },
    });

    expect(world.accepted()).toHaveLength(1);
    expect(JSON.stringify(world.accepted())).not.toMatch(/eyJ-secret|ffff/);
  });

  it('that a person made unreadable stays on its line', async () => {
    const world = new NotifyWorld();
    await world.happen(aRequestEvent('failed', { detail: 'line\u001b[2J\nnext \u202eevil' }));
    expect(world.accepted()[0]?.lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('many together', () => {
  it.each([2, 11, 1000])('%d deleted keys are one message, with the ten most urgent', async (count) => {
    const world = new NotifyWorld([anEntry(), anEntry({ name: 'pager', type: 'pagerduty' })]);
    const keys = Array.from({ length: count }, (_, n) => `key-${n}`);
    const events = keys.map((key, n) =>
      aDeletion(key, {
        severity: n === count - 1 ? 'critical' : 'high',
        scheduledPurgeAt: new Date(SAMPLE_AT + (count - n) * HOUR_MS).toISOString(),
      }),
    );

    await world.happen(...events);
    await world.pass(5 * MINUTE_MS);

    for (const channel of ['ops', 'pager']) {
      expect(world.accepted(channel)).toHaveLength(1);
      const [message] = world.accepted(channel);
      expect(message?.severity).toBe('critical');
      expect(message?.title).toContain(count === 1000 ? '1,000 deleted keys' : `${count} deleted keys`);
      expect(message?.keys).toHaveLength(Math.min(count, 10));
      expect(message?.keys[0]?.key).toBe(`key-${count - 1}`);
      expect(message?.moreKeys).toBe(Math.max(0, count - 10));
    }
  });

  it('of another HSM, or of another kind, are another incident', async () => {
    const world = new NotifyWorld();
    await world.happen(
      aDeletion('orders'),
      aDeletion('orders', { hsm: 'fabrikam' }),
      aFinding({
        kind: 'key-unprotected',
        discriminator: 'x',
        data: {
          hsm: 'contoso',
          key: 'orders',
          severity: 'high',
          createdAt: '2026-11-24T12:00:00Z',
          since: '2026-11-24T12:00:00Z',
        },
      }),
    );
    expect(new Set(world.accepted().map(({ thread }) => thread)).size).toBe(3);
  });

  it('that come one after the other are updates of one thread, at growing pauses', async () => {
    const world = new NotifyWorld();
    for (let n = 0; n < 100; n += 1) {
      await world.happen(aDeletion(`key-${n}`));
      await world.clock.advance(1_000);
    }
    await world.pass(5 * MINUTE_MS);

    expect(new Set(world.accepted().map(({ thread }) => thread)).size).toBe(1);
    expect(world.accepted().length).toBeLessThan(15);
    expect(world.accepted().at(-1)?.title).toContain('100 deleted keys');
  });

  it('a graver one afterwards calls people again', async () => {
    const world = new NotifyWorld();
    await world.happen(aDeletion('a', { severity: 'info' }));
    await world.clock.advance(MINUTE_MS);
    await world.happen(aDeletion('b', { severity: 'critical' }));

    expect(world.accepted().map(({ kind, severity }) => `${kind} ${severity}`)).toEqual([
      'new info',
      'new critical',
    ]);
  });
});

describe('a thread', () => {
  it('is updated and resolved where it began', async () => {
    const world = new NotifyWorld();
    await world.happen(aDeletion('orders'));
    await world.happen(
      aFinding(
        {
          kind: 'purge-pending',
          discriminator: '7d',
          data: {
            hsm: 'contoso',
            key: 'ORDERS',
            severity: 'warning',
            deletedAt: '2026-11-24T12:00:00Z',
            scheduledPurgeAt: '2026-12-01T12:00:00Z',
            secondsLeft: 1000,
            recoverable: 'recover',
            afterPurge: 'restore',
            coverage: 'complete',
            versionsCovered: 1,
            versionsKnown: 1,
            thresholdSeconds: 604_800,
          },
        },
        SAMPLE_AT + MINUTE_MS,
      ),
    );
    await world.happen(aRecoveredKey('orders', SAMPLE_AT + 2 * MINUTE_MS));

    expect(world.accepted().map(({ kind }) => kind)).toEqual(['new', 'update', 'resolved']);
    expect(new Set(world.accepted().map(({ thread }) => thread)).size).toBe(1);
    expect(new Set(world.accepted().map(({ id }) => id)).size).toBe(3);
  });

  it('whose end overtakes its beginning is said once, as over', async () => {
    const world = new NotifyWorld();
    await world.happen(aRecoveredKey('orders', SAMPLE_AT + 1000));
    await world.happen(aDeletion('orders'));
    await world.pass(HOUR_MS);

    expect(world.accepted().map(({ kind }) => kind)).toEqual(['resolved']);
    expect((await world.incidentsOf()).early).toEqual({});
  });

  it('of a key that is deleted again is a new one', async () => {
    const world = new NotifyWorld();
    await world.happen(aDeletion('orders'));
    await world.happen(aRecoveredKey('orders', SAMPLE_AT + 1000));
    await world.happen(aDeletion('orders', { deletedAt: '2026-11-24T13:00:00.000Z' }, SAMPLE_AT + HOUR_MS));

    expect(world.accepted().map(({ kind }) => kind)).toEqual(['new', 'resolved', 'new']);
    expect(new Set(world.accepted().map(({ thread }) => thread)).size).toBe(2);
  });

  it('ends when a scan that saw everything finds its condition no more', async () => {
    const world = new NotifyWorld();
    const unreachable = SAMPLES.get('hsm-unreachable');
    if (unreachable !== undefined) await world.happen(unreachable);
    await world.happen(aHeartbeat({ 'hsm-unreachable': 1 }, SAMPLE_AT + 1000));
    await world.happen(aHeartbeat({}, SAMPLE_AT + 2000, false));
    expect(world.accepted().map(({ kind }) => kind)).toEqual(['new']);

    await world.happen(aHeartbeat({}, SAMPLE_AT + 3000));

    expect(world.accepted().map(({ kind }) => kind)).toEqual(['new', 'resolved']);
  });

  it('of a failed recovery ends without calling it resolved', async () => {
    const world = new NotifyWorld();
    await world.happen(aRequestEvent('requested'));
    await world.happen(aRequestEvent('failed', { at: SAMPLE_AT + 1000, detail: 'no connection' }));

    expect(world.accepted().map(({ kind, severity }) => `${kind} ${severity}`)).toEqual([
      'new notice',
      'update high',
    ]);
  });
});
