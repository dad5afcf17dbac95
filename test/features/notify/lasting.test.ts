/** What lasts is repeated until somebody acknowledges it, and a channel gets what its filter lets through. */
import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../src/core/time.ts';
import { Incidents } from '../../../src/features/recovery/findings/incidents.ts';
import { aDeletion, aRecoveredKey, aRequestEvent, SAMPLE_AT, SAMPLES } from '../../support/notify-samples.ts';
import { anEntry, NotifyWorld } from '../../support/notify-world.ts';
import { person } from '../../support/recovery-builders.ts';

const HOUR_MS = 60 * MINUTE_MS;

/** A person takes note of every incident, as it stands. */
async function acknowledgeAll(world: NotifyWorld): Promise<void> {
  const { state, clock } = world;
  const audit = { decide: async () => ({ seq: 1, hash: '' }) };
  const incidents = new Incidents({ store: state, audit, clock, hsmNames: world.hsms });
  for (const { id } of await incidents.list()) await incidents.acknowledge(id, person('bob'), 'known');
}

describe('what lasts', () => {
  it('is repeated at growing pauses, by severity', async () => {
    const world = new NotifyWorld();
    await world.happen(aDeletion('orders', { severity: 'critical' }));
    await world.pass(32 * HOUR_MS);

    const hours = world.accepted().map(({ at }) => Math.round((at - SAMPLE_AT) / HOUR_MS));
    expect(hours).toEqual([0, 1, 3, 7, 15, 31]);
    expect(
      world
        .accepted()
        .slice(1)
        .every(({ kind }) => kind === 'repeat'),
    ).toBe(true);
  });

  // A purge of the severity that the deletion had: the key is gone, which nobody has acknowledged.
  it.each(['high', 'critical'] as const)(
    'is not repeated once it is acknowledged, until it grows worse (a deletion of severity %s)',
    async (severity) => {
      const world = new NotifyWorld();
      await world.happen(aDeletion('orders', { severity }));
      await acknowledgeAll(world);
      await world.pass(48 * HOUR_MS);
      expect(world.accepted()).toHaveLength(1);

      const purged = SAMPLES.get('key-purged');
      const data = { ...purged?.data, key: 'orders' };
      if (purged !== undefined)
        await world.happen({ ...purged, data, time: new Date(SAMPLE_AT + 48 * HOUR_MS).toISOString() });
      expect(world.accepted()).toHaveLength(2);
      // The old word is not about what is worse now.
      await world.pass(2 * HOUR_MS);
      expect(world.accepted().map(({ kind }) => kind)).toEqual(['new', 'update', 'repeat']);
      await acknowledgeAll(world);
      await world.pass(48 * HOUR_MS);
      expect(world.accepted()).toHaveLength(3);
    },
  );

  it('says in each repeat how it ends, by the reference that every message has', async () => {
    const world = new NotifyWorld();
    await world.happen(aDeletion('orders', { severity: 'critical' }));
    await world.pass(2 * HOUR_MS);
    const [first, repeat] = world.accepted();
    expect(repeat).toMatchObject({ kind: 'repeat', title: first?.title });
    expect(repeat?.lines.at(-1)).toContain(`hsm-warden ack ${first?.reference} `);
  });

  it('is repeated although what is acknowledged cannot be read', async () => {
    const world = new NotifyWorld();
    await world.state.write({ kind: 'notify-acknowledged' }, '{', 'absent');
    await world.happen(aDeletion('orders', { severity: 'critical' }));
    await world.pass(2 * HOUR_MS);
    expect(world.accepted().map(({ kind }) => kind)).toEqual(['new', 'repeat']);
  });

  it.each(['info', 'notice'] as const)('of severity %s is not repeated', async (severity) => {
    const world = new NotifyWorld();
    await world.happen(aDeletion('orders', { severity }));
    await world.pass(48 * HOUR_MS);
    expect(world.accepted()).toHaveLength(1);
  });
});

describe('a filter', () => {
  const entries = [
    anEntry({ name: 'all' }),
    anEntry({ name: 'grave', severity: 'high' }),
    anEntry({ name: 'payments', keys: ['pay*'] }),
    anEntry({ name: 'fabrikam', hsms: ['fabrikam'] }),
    anEntry({ name: 'gate', kinds: ['gate'] }),
  ];
  it.each([
    [aDeletion('orders'), ['all']],
    [aDeletion('orders', { severity: 'critical' }), ['all', 'grave']],
    [aDeletion('PAY-1'), ['all', 'payments']],
    [aDeletion('orders', { hsm: 'fabrikam' }), ['all', 'fabrikam']],
    [SAMPLES.get('recovery-gate-disarmed') ?? aDeletion('x'), ['all', 'gate', 'grave']],
  ] as const)('lets a message through to whom it concerns (%#)', async (event, expected) => {
    const world = new NotifyWorld(entries);
    await world.happen(event);
    const reached = entries.map(({ name }) => name).filter((name) => world.accepted(name).length > 0);
    expect(reached.sort()).toEqual([...expected]);
  });

  it('lets the end through to whoever heard of the beginning', async () => {
    const world = new NotifyWorld([anEntry({ name: 'grave', severity: 'high' })]);
    await world.happen(aDeletion('orders', { severity: 'critical' }));
    await world.happen(aRecoveredKey('orders', SAMPLE_AT + 1000));
    expect(world.accepted('grave').map(({ kind }) => kind)).toEqual(['new', 'resolved']);
  });
});

it('names of keys are masked where the settings say so', async () => {
  const world = new NotifyWorld([anEntry()], { maskKeys: true });
  await world.happen(aDeletion('payroll-secret'), aDeletion('payroll-other'));
  await world.happen(aRequestEvent('requested', { key: 'payroll-secret' }));
  const text = JSON.stringify(world.accepted());
  expect(text).not.toMatch(/payroll/);
  expect(text).toMatch(/pa…[0-9a-f]{8}/);
});

describe('a message of the watch', () => {
  const origin = 'https://warden.contoso.com';
  it.each([
    ['leads to its key', [aDeletion('orders')], false, `${origin}/keys/contoso/orders`],
    [
      'leads to the keys, where it is about several',
      [aDeletion('a'), aDeletion('b')],
      false,
      `${origin}/keys`,
    ],
    ['leads to the keys, where their names are masked', [aDeletion('orders')], true, `${origin}/keys`],
    ['leads to the HSMs, where it is about one', [sample('purge-protection-off')], false, `${origin}/hsms`],
  ] as const)('%s', async (_case, events, maskKeys, link) => {
    const world = new NotifyWorld([anEntry()], { maskKeys }, origin);
    await world.happen(...events);
    expect(world.accepted().map((message) => message.link)).toEqual([link]);
  });

  it('leads nowhere where the settings do not say where the console is', async () => {
    const world = new NotifyWorld();
    await world.happen(aDeletion('orders'));
    expect(world.accepted()[0]).not.toHaveProperty('link');
  });
});

function sample(name: string) {
  const event = SAMPLES.get(name);
  if (event === undefined) throw new Error(`no sample ${name}`);
  return event;
}
