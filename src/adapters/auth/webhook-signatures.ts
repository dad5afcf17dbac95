/** Webhook signatures after the Standard Webhooks specification: HMAC-SHA256 over id, timestamp and body. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { WardenError } from '../../core/errors.ts';
import type { SignedDelivery, WebhookSignatures } from '../../features/recovery/webhooks/webhooks.ts';

/** At least 24 bytes, as the specification asks. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const MIN_SECRET_BYTES = 24;
/** A sender in rotation sends several signatures; more than these are not read. */
const MOST_SIGNATURES = 10;

/** Secrets of each source: `whsec_` and base64; the one in use and, during a rotation, the one before or after it. */
export class HmacWebhookSignatures implements WebhookSignatures {
  readonly #secrets: ReadonlyMap<string, readonly Buffer[]>;

  /** Fails with `settings-invalid` for a secret that is no secret; the message does not hold it. */
  constructor(secrets: Readonly<Record<string, readonly string[]>>) {
    this.#secrets = new Map(
      Object.entries(secrets).map(([source, values]) => [
        source,
        values.map((value) => bytesOf(source, value)),
      ]),
    );
  }

  /** The time window is judged by the caller, by the product's own clock. */
  isSigned(source: string, { id, timestamp, signature, body }: SignedDelivery): boolean {
    if (!/^\d{1,12}$/.test(timestamp)) return false;
    const given = signature.split(' ').slice(0, MOST_SIGNATURES);
    return (this.#secrets.get(source) ?? []).some((secret) => {
      const mac = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
      return given.some((candidate) => isEqual(`v1,${mac}`, candidate));
    });
  }
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function bytesOf(source: string, secret: string): Buffer {
  const encoded = secret.replace(/^whsec_/, '');
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length >= MIN_SECRET_BYTES && bytes.toString('base64') === encoded) return bytes;
  throw new WardenError('settings-invalid', {
    message: `A secret of webhook source ${source} is not whsec_ and base64 of at least ${MIN_SECRET_BYTES} bytes.`,
    advice: 'Make one: echo whsec_$(openssl rand -base64 32)',
  });
}
