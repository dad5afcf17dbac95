/** Webhook signatures after the Standard Webhooks specification (HMAC-SHA256 over id, timestamp and body). */
import { timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { WardenError } from '../../core/errors.ts';
import type { SignedDelivery, WebhookSignatures } from '../../features/recovery/webhooks/webhooks.ts';

/** At least 24 bytes, as the specification asks. */
const MIN_SECRET_BYTES = 24;

/** Secrets of each source: `whsec_` and base64; the one in use and, during a rotation, the one before or after it. */
export class StandardWebhookSignatures implements WebhookSignatures {
  readonly #signers: ReadonlyMap<string, readonly Webhook[]>;

  /** Fails with `settings-invalid` for a secret that is no secret; the message does not hold it. */
  constructor(secrets: Readonly<Record<string, readonly string[]>>) {
    this.#signers = new Map(
      Object.entries(secrets).map(([source, values]) => [
        source,
        values.map((value) => toSigner(source, value)),
      ]),
    );
  }

  isSigned(source: string, { id, timestamp, signature, body }: SignedDelivery): boolean {
    if (!/^\d{1,12}$/.test(timestamp)) return false;
    const at = new Date(Number(timestamp) * 1000);
    // The time window is judged by the engine, by the product's own clock.
    const expected = (this.#signers.get(source) ?? []).map((signer) => signer.sign(id, at, body));
    // A sender in rotation sends several signatures, separated by spaces.
    const given = signature.split(' ').slice(0, 10);
    return expected.some((right) => given.some((candidate) => isEqual(right, candidate)));
  }
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function toSigner(source: string, secret: string): Webhook {
  const encoded = secret.replace(/^whsec_/, '');
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length >= MIN_SECRET_BYTES && bytes.toString('base64') === encoded) return new Webhook(secret);
  throw new WardenError('settings-invalid', {
    message: `A secret of webhook source ${source} is not whsec_ and base64 of at least ${MIN_SECRET_BYTES} bytes.`,
    advice: 'Make one: echo whsec_$(openssl rand -base64 32)',
  });
}
