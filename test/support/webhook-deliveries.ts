/** Deliveries to the webhooks of a served recovery. */
import { Webhook } from 'standardwebhooks';
import { ROLES } from '../../src/features/recovery/access/caller.ts';
import { type RecoveryHost, SECRETS, WEBHOOK_APP } from './recovery-host.ts';

/** A body that asks for the key `orders`. */
export const ASK = { hsm: 'contoso', key: 'orders', reason: 'ticket 4711' };

/** The object id of an application. */
export const APP = 'a9900000-0000-4000-8000-000000000009';

/** How far the time of a delivery may be from now. */
export const WINDOW_MS = 300_000;

/** How a signed delivery differs from a plain one. */
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
  /** Sent in chunks, without a length. */
  readonly chunked?: boolean;
}

/** Delivers `body` with the signature of a source. */
export async function deliver(served: RecoveryHost, body: unknown, delivery: Delivery = {}) {
  const { id = 'msg_1', source = 'alerts', secret = SECRETS[0] ?? '', skew = 0 } = delivery;
  const text = JSON.stringify(body);
  const at = new Date(served.world.clock.now() + skew);
  const sent = delivery.sent ?? text;
  const answer = await fetch(`${served.host.url}/api/webhooks/${source}`, {
    method: 'POST',
    headers: {
      'content-type': delivery.type ?? 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, text),
      ...delivery.headers,
    },
    body: delivery.chunked ? new Blob([sent]).stream() : sent,
    duplex: 'half',
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

/** Delivers `body` with a token instead of a signature. */
export async function deliverAs(served: RecoveryHost, token: string, body: unknown, source = 'alerts') {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${served.host.url}/api/webhooks/${source}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

/** A token of the application that is bound to the source `alerts`, with the role to deliver. */
export function appToken(served: RecoveryHost): Promise<string> {
  return served.issuer.token('alice', {
    scp: undefined,
    sub: APP,
    oid: APP,
    azp: WEBHOOK_APP,
    roles: [ROLES.webhook],
  });
}

/** An event of the watch about the key `orders`. */
export function aCloudEvent(change: Record<string, unknown> = {}) {
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

/** An alert about the key `orders`; `properties` null: about none. */
export function anAlert(
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
