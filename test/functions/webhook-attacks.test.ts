/** Webhooks over loopback: what does not prove itself, or asks for more than a request, is refused. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROLES } from '../../src/features/recovery/access/caller.ts';
import { type RecoveryHost, startRecoveryHost, WEBHOOK_APP } from '../support/recovery-host.ts';
import {
  APP,
  ASK,
  aCloudEvent,
  anAlert,
  appToken,
  deliver,
  deliverAs,
  WINDOW_MS,
} from '../support/webhook-deliveries.ts';

let served: RecoveryHost;
beforeAll(async () => {
  served = await startRecoveryHost();
});
afterAll(() => served.stop());
beforeEach(async () => {
  const world = await served.replace();
  world.hsm.deleteKey('orders');
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
    const answer = await deliver(served, ASK, delivery);

    expect(answer.status).toBe(status);
    expect(served.world.requests).toBe(0);
    if (status === 401) expect(served.world.audited).toEqual(['access-refused']);
  });

  it.each([
    { name: 'an approval', body: { ...ASK, approve: true } },
    { name: 'an alert without a key', body: anAlert({}, null) },
    { name: 'an event of another specification', body: aCloudEvent({ specversion: '0.3' }) },
    { name: 'too many events', body: Array.from({ length: 21 }, () => aCloudEvent()) },
    { name: 'a text', body: 'orders' },
  ])('is refused though signed: $name', async ({ body }) => {
    expect((await deliver(served, body)).status).toBe(400);
    expect(served.world.requests).toBe(0);
  });

  it('is refused: a person’s token, a token without the role, no proof at all', async () => {
    const person = await served.issuer.token('alice');
    const roleless = await served.issuer.token('alice', { scp: undefined, sub: APP, oid: APP, roles: [] });
    const application = await appToken(served);

    expect((await deliverAs(served, person, ASK)).status).toBe(401);
    expect((await deliverAs(served, roleless, ASK)).status).toBe(403);
    expect((await served.send(undefined, 'POST', 'webhooks/alerts', ASK)).status).toBe(401);
    expect(served.world.requests).toBe(0);
    expect((await deliverAs(served, application, ASK)).status).toBe(400);
    expect((await deliverAs(served, application, aCloudEvent())).status).toBe(202);
  });

  it('is taken from the application that is bound to the source, which the audit log names', async () => {
    expect((await deliverAs(served, await appToken(served), aCloudEvent())).status).toBe(202);

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

    expect(await deliverAs(served, token, aCloudEvent(), source)).toMatchObject({
      status: 403,
      body: { code: 'webhook-app-refused' },
    });
    expect(served.world.requests).toBe(0);
    expect(JSON.parse(served.world.auditStore.lines.at(-1) ?? '')).toMatchObject({
      event: 'access-refused',
      actor: { kind: 'service', id: APP, name: `app ${azp ?? 'without a client id'}` },
    });
  });

  it('is refused: an application that approves', async () => {
    const { body } = await deliver(served, ASK);
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
