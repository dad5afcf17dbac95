/** Webhooks over loopback: signed deliveries open requests once, at a bounded rate. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WardenError } from '../../src/core/errors.ts';
import { type RecoveryHost, SECRETS, startRecoveryHost } from '../support/recovery-host.ts';
import { ASK, aCloudEvent, anAlert, deliver, WINDOW_MS } from '../support/webhook-deliveries.ts';

let served: RecoveryHost;
beforeAll(async () => {
  served = await startRecoveryHost();
});
afterAll(() => served.stop());
beforeEach(async () => {
  const world = await served.replace();
  world.hsm.deleteKey('orders');
});

/** Ids of the stored requests. */
function requests(): string[] {
  return [...served.world.store.documents.keys()].flatMap((name) =>
    name.startsWith('recovery/') ? [name.slice('recovery/'.length)] : [],
  );
}

describe('a signed delivery', () => {
  it.each([
    { name: 'our own body', body: ASK, type: 'application/json' },
    { name: 'the common alert schema', body: anAlert(), type: 'application/json' },
    { name: 'a CloudEvent of the watch', body: aCloudEvent(), type: 'application/cloudevents+json' },
    {
      name: 'a CloudEvent that asks',
      body: aCloudEvent({ type: 'HsmWarden.RecoveryAsked', data: ASK }),
      type: 'application/cloudevents+json',
    },
    { name: 'a batch', body: [aCloudEvent()], type: 'application/cloudevents-batch+json' },
  ])('opens a request and approves nothing: $name', async ({ body, type }) => {
    const answer = await deliver(served, body, { type });

    expect(answer).toMatchObject({ status: 202, body: { items: [{ status: 'opened' }] } });
    const [document] = [...served.world.store.documents].filter(([name]) => name.startsWith('recovery/'));
    expect(JSON.parse(document?.[1].text ?? '')).toMatchObject({
      state: 'requested',
      approvals: [],
      requester: { kind: 'webhook', id: 'alerts' },
    });
  });

  it('opens one, too, when it comes in chunks without a length', async () => {
    const answer = await deliver(served, ASK, { chunked: true });

    expect(answer).toMatchObject({ status: 202, body: { items: [{ status: 'opened' }] } });
  });

  it.each([
    { name: 'a resolved alert', body: anAlert({ monitorCondition: 'Resolved' }) },
    { name: 'an event that asks for nothing', body: aCloudEvent({ type: 'HsmWarden.Heartbeat' }) },
  ])('of $name opens nothing', async ({ body }) => {
    expect(await deliver(served, body)).toMatchObject({
      status: 202,
      body: { items: [{ status: 'ignored' }] },
    });
    expect(served.world.requests).toBe(0);
  });

  it('does not open on its own what the settings do not allow', async () => {
    const world = await served.replace({
      webhooks: { sources: ['alerts'], apps: {}, perMinute: 30, autoRequest: false },
    });
    world.hsm.deleteKey('orders');

    expect(await deliver(served, aCloudEvent())).toMatchObject({ body: { items: [{ status: 'ignored' }] } });
  });

  it('has the same effect once, however often and from however many deliveries of one event it comes', async () => {
    const first = await deliver(served, aCloudEvent(), { id: 'msg_1' });
    const again = await deliver(served, aCloudEvent(), { id: 'msg_1' });
    const redelivered = await deliver(served, aCloudEvent(), { id: 'msg_2' });

    expect(again.body).toEqual(first.body);
    expect(redelivered.body).toEqual(first.body);
  });

  it('opens one live request for a key, however many events of the watch are about it', async () => {
    const purge = aCloudEvent({ id: 'threshold-30' });
    const first = await deliver(served, purge, { id: 'msg_1' });
    const later = await deliver(served, aCloudEvent({ id: 'threshold-14' }), { id: 'msg_2' });
    const atOnce = await Promise.all(
      ['e7', 'e3', 'e1'].map((id) => deliver(served, aCloudEvent({ id }), { id: `msg_${id}` })),
    );

    expect([later, ...atOnce].map(({ body }) => body)).toEqual(Array(4).fill(first.body));
    expect(requests()).toHaveLength(1);
  });

  it('opens another request for an event after the first has ended, and none for an event it has answered', async () => {
    const [first, second] = [aCloudEvent({ id: 'threshold-30' }), aCloudEvent({ id: 'threshold-14' })];
    const opened = await deliver(served, first, { id: 'msg_1' });
    await deliver(served, second, { id: 'msg_2' });
    const [id = ''] = requests();
    await served.send('bob', 'POST', `recoveries/${id}/rejection`, { reason: 'it was compromised' });

    const replayed = await Promise.all(
      [first, second].map((event, n) => deliver(served, event, { id: `msg_again_${n}` })),
    );
    const next = await deliver(served, aCloudEvent({ id: 'threshold-7' }), { id: 'msg_4' });

    expect(replayed.map(({ body }) => body)).toEqual([opened.body, opened.body]);
    expect(next.body).not.toEqual(opened.body);
    expect(requests()).toHaveLength(2);
  });

  it('answers an event with the request that a person has made for the same', async () => {
    const asked = await served.send('alice', 'POST', 'recoveries', ASK);
    const { id } = JSON.parse(await asked.text());

    expect(await deliver(served, aCloudEvent())).toMatchObject({ body: { items: [{ recoveryId: id }] } });
    expect(requests()).toEqual([id]);
  });

  it('opens a request of its own after a purge: what waits for the deletion cannot bring the key back', async () => {
    await deliver(served, aCloudEvent(), { id: 'msg_1' });
    served.world.hsm.purgeKey('orders');
    await deliver(served, aCloudEvent({ id: 'purged', type: 'HsmWarden.KeyPurged' }), { id: 'msg_2' });

    expect(requests().map((id) => served.world.stored(id).operation.action)).toEqual(
      expect.arrayContaining(['recover', 'restore']),
    );
  });

  it('is believed under either secret of a rotation', async () => {
    for (const [n, secret] of SECRETS.entries()) {
      expect(await deliver(served, ASK, { id: `msg_${n}`, secret })).toMatchObject({ status: 202 });
    }
  });

  it.each([
    { name: 'at the start of the window', skew: -WINDOW_MS, status: 202 },
    { name: 'before the window', skew: -WINDOW_MS - 1_000, status: 401 },
    { name: 'at the end of the window', skew: WINDOW_MS, status: 202 },
    { name: 'after the window', skew: WINDOW_MS + 1_000, status: 401 },
  ])('counts only within five minutes: $name', async ({ skew, status }) => {
    expect((await deliver(served, ASK, { skew })).status).toBe(status);
  });

  it('opens what it can of a batch, and says of each other event why it does not', async () => {
    const active = aCloudEvent({ id: 'e0', data: { hsm: 'contoso', key: 'payroll' } });
    served.world.hsm.createKey('payroll');
    const answer = await deliver(served, [active, aCloudEvent()], {
      type: 'application/cloudevents-batch+json',
    });

    expect(answer).toMatchObject({
      status: 202,
      body: { items: [{ status: 'refused', code: 'key-active' }, { status: 'opened' }] },
    });
  });

  it('fails as a whole when one of a batch fails for a while, after the others were opened', async () => {
    const { world } = served;
    world.hsm.createKey('payroll');
    world.hsm.deleteKey('payroll');
    world.hsm.faults.fail('getKey', new WardenError('hsm-unavailable', { message: 'busy' }));
    const batch = [aCloudEvent({ id: 'e0', data: { hsm: 'contoso', key: 'payroll' } }), aCloudEvent()];
    const first = await deliver(served, batch);
    const again = await deliver(served, batch);

    expect(first.status).toBe(503);
    expect(again).toMatchObject({
      status: 202,
      body: { items: [{ status: 'opened' }, { status: 'opened' }] },
    });
  });

  it('does not use up the rate by repeats: replays cannot starve a source, a batch gets through in the end', async () => {
    const world = await served.replace({
      webhooks: { sources: ['alerts'], apps: {}, perMinute: 2, autoRequest: true },
    });
    world.hsm.deleteKey('orders');
    const batch = ['e1', 'e2', 'e3'].map((id) => aCloudEvent({ id }));
    const first = await deliver(served, batch);
    const replays = await Promise.all([1, 2, 3].map(() => deliver(served, [aCloudEvent()])));
    await world.clock.advance(60_000);
    const again = await deliver(served, batch, { id: 'msg_2' });

    expect([first.status, ...replays.map(({ status }) => status), again.status]).toEqual([
      429, 202, 202, 202, 202,
    ]);
  });

  it('is limited in rate, per source', async () => {
    const world = await served.replace({
      webhooks: { sources: ['alerts'], apps: {}, perMinute: 2, autoRequest: true },
    });
    world.hsm.deleteKey('orders');
    const statuses: number[] = [];
    for (const id of ['msg_1', 'msg_2', 'msg_3']) statuses.push((await deliver(served, ASK, { id })).status);
    const limited = await deliver(served, ASK, { id: 'msg_4' });
    await world.clock.advance(60_000);
    const later = await deliver(served, ASK, { id: 'msg_5' });

    expect(statuses).toEqual([202, 202, 429]);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(later.status).toBe(202);
  });
});
