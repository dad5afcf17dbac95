/** A message as Standard Webhooks have it, signed: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
import { createHmac } from 'node:crypto';
import { WardenError } from '../../../core/errors.ts';
import type { Message } from '../../../features/notify/model/message.ts';

/** What the specification asks for at least. */
const MIN_SECRET_BYTES = 24;

/**
 * Headers and body. A message sent again has the same id, and a new signature for the time `now` (epoch milliseconds). Fails with
 * `channel-misconfigured` when `secret` is none.
 */
export function toWebhook(message: Message, secret: string, now: number) {
  const { recipients: _, ...data } = message;
  const timestamp = new Date(message.at).toISOString();
  const body = JSON.stringify({ type: `hsm-warden.notification.${message.kind}`, timestamp, data });
  const id = `msg_${message.id}`;
  const sentAt = String(Math.floor(now / 1000));
  const mac = createHmac('sha256', keyOf(secret)).update(`${id}.${sentAt}.${body}`).digest('base64');
  const headers = { 'webhook-id': id, 'webhook-timestamp': sentAt, 'webhook-signature': `v1,${mac}` };
  return { headers, body };
}

function keyOf(secret: string): Buffer {
  const encoded = secret.replace(/^whsec_/, '');
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length >= MIN_SECRET_BYTES && bytes.toString('base64') === encoded) return bytes;
  throw new WardenError('channel-misconfigured', {
    message: `The secret of the channel is not whsec_ and base64 of at least ${MIN_SECRET_BYTES} bytes.`,
    advice: 'Make one: echo whsec_$(openssl rand -base64 32)',
    reason: 'no secret',
  });
}
