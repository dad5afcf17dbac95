/** Webhooks over loopback: the handshakes of Event Grid, and that they grant no trust. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RecoveryHost, startRecoveryHost } from '../support/recovery-host.ts';
import { ASK, aCloudEvent, appToken } from '../support/webhook-deliveries.ts';

let served: RecoveryHost;
beforeAll(async () => {
  served = await startRecoveryHost();
});
afterAll(() => served.stop());
beforeEach(async () => {
  const world = await served.replace();
  world.hsm.deleteKey('orders');
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

  /** A delivery of one event, as Event Grid sends it. */
  function deliver(headers: Record<string, string> = {}) {
    return fetch(`${served.host.url}/api/webhooks/alerts`, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/cloudevents-batch+json; charset=utf-8',
        'aeg-event-type': 'Notification',
        'aeg-subscription-name': 'RECOVERY',
        'aeg-delivery-count': '1',
      },
      body: JSON.stringify([aCloudEvent()]),
    });
  }

  it('is answered with the code, and nothing is opened or audited', async () => {
    const validationUrl = 'https://localhost:60101/validate?id=1';

    expect(await shake([validation({ validationCode: CODE, validationUrl })])).toEqual({
      status: 200,
      body: { validationResponse: CODE },
    });
    expect(served.world.requests).toBe(0);
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
    expect(served.world.requests).toBe(0);
  });

  it('grants no trust: the next delivery must prove itself', async () => {
    await shake([validation({ validationCode: CODE })]);
    const answer = await deliver();

    expect(answer.status).toBe(401);
  });

  it('is followed by deliveries in an array of one event, with the token of the bound application', async () => {
    const answer = await deliver({ authorization: `Bearer ${await appToken(served)}` });

    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ items: [{ status: 'opened' }] });
  });
});
