/** Webhooks over loopback: signed deliveries open requests once, at a bounded rate; everything else is refused. */
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WardenError } from '../../src/engine/errors.ts';
import { ROLES } from '../../src/engine/recovery/caller.ts';
import { type RecoveryHost, SECRETS, startRecoveryHost, WEBHOOK_APP } from '../support/recovery-host.ts';

const ASK = { hsm: 'contoso', key: 'orders', reason: 'ticket 4711' };
const APP = 'a9900000-0000-4000-8000-000000000009';
const WINDOW_MS = 300_000;

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

interface Delivery {
  readonly id?: string;
  readonly source?: string;
  readonly secret?: string;
  /** Milliseconds from now. */
  readonly skew?: number;
  readonly type?: string;
  /** Sent instead of what was signed. */
  readonly sent?: string;
  readonly headers?: Record<string, string>;
}

async function deliver(body: unknown, delivery: Delivery = {}) {
  const { id = 'msg_1', source = 'alerts', secret = SECRETS[0] ?? '', skew = 0 } = delivery;
  const text = JSON.stringify(body);
  const at = new Date(served.world.clock.now() + skew);
  const answer = await fetch(`${served.host.url}/api/webhooks/${source}`, {
    method: 'POST',
    headers: {
      'content-type': delivery.type ?? 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, text),
      ...delivery.headers,
    },
    body: delivery.sent ?? text,
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

async function deliverAs(token: string, body: unknown, source = 'alerts') {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${served.host.url}/api/webhooks/${source}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

/** A token of an application with the role. */
function appToken(azp: string | undefined = WEBHOOK_APP): Promise<string> {
  return served.issuer.token('alice', { scp: undefined, sub: APP, oid: APP, azp, roles: [ROLES.webhook] });
}

function aCloudEvent(change: Record<string, unknown> = {}) {
  const data = { hsm: 'contoso', key: 'orders' };
  return {
    specversion: '1.0',
    id: 'e1',
    source: '/hsm-warden',
    type: 'HsmWarden.PurgePending',
    data,
    ...change,
  };
}

function anAlert(
  change: Record<string, unknown> = {},
  properties: Record<string, string> | null = { hsm: 'contoso', key: 'orders' },
) {
  const essentials = {
    alertId: '/alerts/1',
    alertRule: 'Key deleted',
    monitorCondition: 'Fired',
    firedDateTime: '2026-01-01T12:00:00Z',
    ...change,
  };
  return {
    schemaId: 'azureMonitorCommonAlertSchema',
    data: { essentials, alertContext: {}, customProperties: properties },
  };
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
    const answer = await deliver(body, { type });

    expect(answer).toMatchObject({ status: 202, body: { items: [{ status: 'opened' }] } });
    const [document] = [...served.world.store.documents].filter(([name]) => name.startsWith('recovery/'));
    expect(JSON.parse(document?.[1].text ?? '')).toMatchObject({
      state: 'requested',
      approvals: [],
      requester: { kind: 'webhook', id: 'alerts' },
    });
  });

  it.each([
    { name: 'a resolved alert', body: anAlert({ monitorCondition: 'Resolved' }) },
    { name: 'an event that asks for nothing', body: aCloudEvent({ type: 'HsmWarden.Heartbeat' }) },
  ])('of $name opens nothing', async ({ body }) => {
    expect(await deliver(body)).toMatchObject({ status: 202, body: { items: [{ status: 'ignored' }] } });
    expect(served.world.store.documents.size).toBe(0);
  });

  it('does not open by itself what the settings do not allow', async () => {
    const world = await served.replace({
      webhooks: { sources: ['alerts'], apps: {}, perMinute: 30, autoRequest: false },
    });
    world.hsm.deleteKey('orders');

    expect(await deliver(aCloudEvent())).toMatchObject({ body: { items: [{ status: 'ignored' }] } });
  });

  it('has the same effect once, however often and from however many deliveries of one event it comes', async () => {
    const first = await deliver(aCloudEvent(), { id: 'msg_1' });
    const again = await deliver(aCloudEvent(), { id: 'msg_1' });
    const redelivered = await deliver(aCloudEvent(), { id: 'msg_2' });

    expect(again.body).toEqual(first.body);
    expect(redelivered.body).toEqual(first.body);
  });

  it('opens one live request for a key, however many events of the watch are about it', async () => {
    const purge = aCloudEvent({ id: 'threshold-30' });
    const first = await deliver(purge, { id: 'msg_1' });
    const later = await deliver(aCloudEvent({ id: 'threshold-14' }), { id: 'msg_2' });
    const atOnce = await Promise.all(
      ['e7', 'e3', 'e1'].map((id) => deliver(aCloudEvent({ id }), { id: `msg_${id}` })),
    );

    expect([later, ...atOnce].map(({ body }) => body)).toEqual(Array(4).fill(first.body));
    expect(requests()).toHaveLength(1);
  });

  it('opens another request for an event after the first has ended, and none for an event it has answered', async () => {
    const [first, second] = [aCloudEvent({ id: 'threshold-30' }), aCloudEvent({ id: 'threshold-14' })];
    const opened = await deliver(first, { id: 'msg_1' });
    await deliver(second, { id: 'msg_2' });
    const [id = ''] = requests();
    await served.send('bob', 'POST', `recoveries/${id}/rejection`, { reason: 'it was compromised' });

    const replayed = await Promise.all(
      [first, second].map((event, n) => deliver(event, { id: `msg_again_${n}` })),
    );
    const next = await deliver(aCloudEvent({ id: 'threshold-7' }), { id: 'msg_4' });

    expect(replayed.map(({ body }) => body)).toEqual([opened.body, opened.body]);
    expect(next.body).not.toEqual(opened.body);
    expect(requests()).toHaveLength(2);
  });

  it('answers an event with the request that a person has made for the same', async () => {
    const asked = await served.send('alice', 'POST', 'recoveries', ASK);
    const { id } = JSON.parse(await asked.text());

    expect(await deliver(aCloudEvent())).toMatchObject({ body: { items: [{ recoveryId: id }] } });
    expect(requests()).toEqual([id]);
  });

  it('opens a request of its own after a purge: what waits for the deletion cannot bring the key back', async () => {
    await deliver(aCloudEvent(), { id: 'msg_1' });
    served.world.hsm.purgeKey('orders');
    await deliver(aCloudEvent({ id: 'purged', type: 'HsmWarden.KeyPurged' }), { id: 'msg_2' });

    expect(requests().map((id) => served.world.stored(id).operation.action)).toEqual(
      expect.arrayContaining(['recover', 'restore']),
    );
  });

  it('is believed under either secret of a rotation', async () => {
    for (const [n, secret] of SECRETS.entries()) {
      expect(await deliver(ASK, { id: `msg_${n}`, secret })).toMatchObject({ status: 202 });
    }
  });

  it.each([
    { name: 'at the start of the window', skew: -WINDOW_MS, status: 202 },
    { name: 'before the window', skew: -WINDOW_MS - 1_000, status: 401 },
    { name: 'at the end of the window', skew: WINDOW_MS, status: 202 },
    { name: 'after the window', skew: WINDOW_MS + 1_000, status: 401 },
  ])('counts only within five minutes: $name', async ({ skew, status }) => {
    expect((await deliver(ASK, { skew })).status).toBe(status);
  });

  it('opens what it can of a batch, and says of each other event why it does not', async () => {
    const active = aCloudEvent({ id: 'e0', data: { hsm: 'contoso', key: 'payroll' } });
    served.world.hsm.createKey('payroll');
    const answer = await deliver([active, aCloudEvent()], { type: 'application/cloudevents-batch+json' });

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
    const first = await deliver(batch);
    const again = await deliver(batch);

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
    const first = await deliver(batch);
    const replays = await Promise.all([1, 2, 3].map(() => deliver([aCloudEvent()])));
    await world.clock.advance(60_000);
    const again = await deliver(batch, { id: 'msg_2' });

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
    for (const id of ['msg_1', 'msg_2', 'msg_3']) statuses.push((await deliver(ASK, { id })).status);
    const limited = await deliver(ASK, { id: 'msg_4' });
    await world.clock.advance(60_000);
    const later = await deliver(ASK, { id: 'msg_5' });

    expect(statuses).toEqual([202, 202, 429]);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(later.status).toBe(202);
  });
});

describe('an attack on webhooks', () => {
  const FOREIGN = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  it.each([
    { name: 'signed with another secret', delivery: { secret: FOREIGN }, status: 401 },
    {
      name: 'changed after signing',
      delivery: { sent: JSON.stringify({ ...ASK, key: 'payroll' }) },
      status: 401,
    },
    { name: 'replayed under another id', delivery: { headers: { 'webhook-id': 'msg_9' } }, status: 401 },
    {
      name: 'with a time moved into the window',
      delivery: { skew: -WINDOW_MS * 2, headers: { 'webhook-timestamp': '1767268800' } },
      status: 401,
    },
    { name: 'with a time that is none', delivery: { headers: { 'webhook-timestamp': 'NaN' } }, status: 401 },
    { name: 'with an empty signature', delivery: { headers: { 'webhook-signature': '' } }, status: 401 },
    {
      name: 'with an asymmetric signature',
      delivery: { headers: { 'webhook-signature': 'v1a,AAAA' } },
      status: 401,
    },
    { name: 'of an unknown source', delivery: { source: 'nobody' }, status: 404 },
    { name: 'of a source that is no name', delivery: { source: '..%2f..' }, status: 400 },
    { name: 'of another media type', delivery: { type: 'text/plain' }, status: 415 },
  ])('is refused: $name', async ({ delivery, status }) => {
    const answer = await deliver(ASK, delivery);

    expect(answer.status).toBe(status);
    expect(served.world.store.documents.size).toBe(0);
    if (status === 401) expect(served.world.audited).toEqual(['access-refused']);
  });

  it.each([
    { name: 'an approval', body: { ...ASK, approve: true } },
    { name: 'an alert without a key', body: anAlert({}, null) },
    { name: 'an event of another specification', body: aCloudEvent({ specversion: '0.3' }) },
    { name: 'too many events', body: Array.from({ length: 21 }, () => aCloudEvent()) },
    { name: 'a text', body: 'orders' },
  ])('is refused though signed: $name', async ({ body }) => {
    expect((await deliver(body)).status).toBe(400);
    expect(served.world.store.documents.size).toBe(0);
  });

  it('is refused: a person’s token, a token without the role, no proof at all', async () => {
    const person = await served.issuer.token('alice');
    const roleless = await served.issuer.token('alice', { scp: undefined, sub: APP, oid: APP, roles: [] });
    const application = await appToken();

    expect((await deliverAs(person, ASK)).status).toBe(401);
    expect((await deliverAs(roleless, ASK)).status).toBe(403);
    expect((await served.send(undefined, 'POST', 'webhooks/alerts', ASK)).status).toBe(401);
    expect(served.world.store.documents.size).toBe(0);
    expect((await deliverAs(application, ASK)).status).toBe(400);
    expect((await deliverAs(application, aCloudEvent())).status).toBe(202);
  });

  it('is taken from the application that is bound to the source, which the audit log names', async () => {
    expect((await deliverAs(await appToken(), aCloudEvent())).status).toBe(202);

    const requested = served.world.auditStore.lines.find((line) => line.includes('recovery-requested'));
    expect(JSON.parse(requested ?? '{}').actor).toEqual({
      kind: 'webhook',
      id: 'alerts',
      name: `alerts, by app ${WEBHOOK_APP}`,
    });
  });

  it.each([
    { name: 'of another application with the role', source: 'alerts', azp: APP },
    { name: 'of an application without a client id', source: 'alerts', azp: null },
    { name: 'of the bound application at another source', source: 'grid', azp: WEBHOOK_APP },
  ])('is refused and audited with its name: a token $name', async ({ source, azp }) => {
    const token = await served.issuer.token('alice', {
      scp: undefined,
      sub: APP,
      oid: APP,
      roles: [ROLES.webhook],
      ...(azp === null ? {} : { azp }),
    });

    expect(await deliverAs(token, aCloudEvent(), source)).toMatchObject({
      status: 403,
      body: { code: 'webhook-app-refused' },
    });
    expect(served.world.store.documents.size).toBe(0);
    expect(JSON.parse(served.world.auditStore.lines.at(-1) ?? '')).toMatchObject({
      event: 'access-refused',
      actor: { kind: 'service', id: APP, name: `app ${azp ?? 'without a client id'}` },
    });
  });

  it('is refused: an application that approves', async () => {
    const { body } = await deliver(ASK);
    const id = JSON.stringify(body).match(/[0-9a-z]{26}/)?.[0] ?? '';
    const application = await served.issuer.token('bob', { scp: undefined, sub: APP, oid: APP });
    const answer = await fetch(`${served.host.url}/api/recoveries/${id}/approvals`, {
      method: 'POST',
      headers: { authorization: `Bearer ${application}`, 'content-type': 'application/json' },
      body: JSON.stringify({ digest: served.world.stored(id).digest }),
    });

    expect(answer.status).toBe(403);
  });
});

describe('the handshake of Event Grid', () => {
  it.each([
    { name: 'Event Grid at a source', source: 'alerts', origin: 'eventgrid.azure.net', status: 200 },
    { name: 'Event Grid elsewhere', source: 'nobody', origin: 'eventgrid.azure.net', status: 404 },
    { name: 'another origin', source: 'alerts', origin: 'evil.test', status: 404 },
  ])('welcomes $name: $status', async ({ source, origin, status }) => {
    const answer = await fetch(`${served.host.url}/api/webhooks/${source}`, {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': origin },
    });

    expect(answer.status).toBe(status);
    expect(answer.headers.get('webhook-allowed-origin')).toBe(status === 200 ? origin : null);
  });
});

describe('the handshake by a validation event', () => {
  const CODE = '512d38b6-c7b8-40c8-89fe-f46f9e9622b6';
  const validation = (data: Record<string, unknown>, change: Record<string, unknown> = {}) => ({
    id: '2d1781af-3a4c-4d7c-bd0c-e34b19da4e66',
    topic: '/subscriptions/0/resourceGroups/rg/providers/Microsoft.EventGrid/topics/t',
    subject: '',
    data,
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: '2026-01-01T12:00:00.0000000Z',
    metadataVersion: '1',
    dataVersion: '1',
    ...change,
  });

  async function shake(body: unknown, source = 'alerts') {
    const answer = await fetch(`${served.host.url}/api/webhooks/${source}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'aeg-event-type': 'SubscriptionValidation',
        'aeg-subscription-name': 'RECOVERY',
        'aeg-data-version': '1',
        'aeg-metadata-version': '1',
        'aeg-delivery-count': '0',
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  }

  it('is answered with the code, and nothing is opened or audited', async () => {
    const validationUrl = 'https://localhost:60101/validate?id=1';

    expect(await shake([validation({ validationCode: CODE, validationUrl })])).toEqual({
      status: 200,
      body: { validationResponse: CODE },
    });
    expect(served.world.store.documents.size).toBe(0);
  });

  it.each([
    {
      name: 'at an unknown source',
      body: [validation({ validationCode: CODE })],
      source: 'nobody',
      status: 404,
    },
    { name: 'without a code', body: [validation({})], status: 400 },
    { name: 'with markup for a code', body: [validation({ validationCode: '<script>' })], status: 400 },
    { name: 'of two events', body: Array(2).fill(validation({ validationCode: CODE })), status: 400 },
    {
      name: 'with another event',
      body: [validation({ validationCode: CODE }, { eventType: 'HsmWarden.KeyPurged' })],
      status: 400,
    },
    { name: 'that asks for a recovery', body: ASK, status: 400 },
  ])('is refused $name', async ({ body, source, status }) => {
    expect((await shake(body, source)).status).toBe(status);
    expect(served.world.store.documents.size).toBe(0);
  });

  it('grants no trust: the next delivery must prove itself', async () => {
    await shake([validation({ validationCode: CODE })]);
    const answer = await fetch(`${served.host.url}/api/webhooks/alerts`, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents-batch+json; charset=utf-8',
        'aeg-event-type': 'Notification',
        'aeg-subscription-name': 'RECOVERY',
        'aeg-delivery-count': '1',
      },
      body: JSON.stringify([aCloudEvent()]),
    });

    expect(answer.status).toBe(401);
  });

  it('is followed by deliveries in an array of one event, with the token of the bound application', async () => {
    const answer = await fetch(`${served.host.url}/api/webhooks/alerts`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await appToken()}`,
        'content-type': 'application/cloudevents-batch+json; charset=utf-8',
        'aeg-event-type': 'Notification',
        'aeg-subscription-name': 'RECOVERY',
        'aeg-delivery-count': '1',
      },
      body: JSON.stringify([aCloudEvent()]),
    });

    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ items: [{ status: 'opened' }] });
  });
});
