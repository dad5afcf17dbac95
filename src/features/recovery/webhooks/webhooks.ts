/** Webhooks: a proven sender can open requests, at a bounded rate, each once however often it is delivered. Nothing more. */

import { z } from 'zod';
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import type { DocumentType } from '../../../core/documents/document-type.ts';
import { updateDocument } from '../../../core/documents/update-document.ts';
import { isWardenError, WardenError, type WardenErrorCode } from '../../../core/errors.ts';
import type { Actor } from '../../../core/model/names.ts';
import type { Clock } from '../../../core/ports.ts';
import type { HeaderReader } from '../../../core/route.ts';
import { MINUTE_MS } from '../../../core/time.ts';
import { type Authenticator, ROLES, requireRole } from '../access/caller.ts';
import type { Recoveries } from '../request/recoveries.ts';
import { readWebhookBody, type WebhookItem } from './webhook-body.ts';

/** The signature of a delivery after the Standard Webhooks specification. */
export interface SignedDelivery {
  readonly id: string;
  /** Unix seconds as sent. */
  readonly timestamp: string;
  readonly signature: string;
  readonly body: string;
}

/** Checks signatures. */
export interface WebhookSignatures {
  /** Whether one of the secrets of `source` signed it (two during a rotation). */
  isSigned(source: string, delivery: SignedDelivery): boolean;
}

/** How webhooks are treated. */
export interface WebhookPolicy {
  /** The sources that may deliver. */
  readonly sources: readonly string[];
  /** Client ids of the applications whose tokens count for a source; for a source without any, signatures only. */
  readonly apps: Readonly<Record<string, readonly string[]>>;
  /** Requests a source may open in a minute. */
  readonly perMinute: number;
  /** Whether events of the watch open requests automatically. */
  readonly autoRequest: boolean;
}

/** What webhooks need. */
export interface WebhooksDeps {
  readonly signatures: WebhookSignatures;
  readonly authenticator: Authenticator;
  readonly recoveries: Recoveries;
  readonly store: DocumentStore;
  readonly policy: WebhookPolicy;
  readonly clock: Clock;
}

/** What became of one item. */
export const WebhookAnswer = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('opened'), recoveryId: z.string() }),
  z.strictObject({ status: z.literal('ignored'), reason: z.string() }),
  z.strictObject({ status: z.literal('refused'), code: z.string(), reason: z.string() }),
]);
export type WebhookAnswer = z.infer<typeof WebhookAnswer>;

/** Who delivers, as proven. */
interface Sender {
  /** For the audit log: names the application, where one delivers. */
  readonly name: string;
  /** The signed delivery's id. */
  readonly deliveryId?: string;
}

/** What is wrong with one event of a batch alone: it will be wrong however often it is delivered. */
const REFUSALS: readonly WardenErrorCode[] = [
  'hsm-unknown',
  'key-active',
  'key-deleted',
  'nothing-to-recover',
  'nothing-to-restore',
  'backup-unknown',
  'backup-damaged',
  'target-refused',
  'idempotency-conflict',
];

/** A timestamp may differ so much from our time: the specification's own tolerance. */
const WINDOW_SECONDS = 300;

const Rate = z.strictObject({ minute: z.int(), count: z.int() });
/** How a source's count is stored. One that cannot be read is no reason to refuse a source for good: it begins at zero. */
const RATE_DOCUMENT: DocumentType<'webhook-rate', z.infer<typeof Rate>> = {
  kind: 'webhook-rate',
  schema: Rate,
  name: ({ source }) => `The count of requests of the webhook source ${source}`,
  advice: 'Nothing to do: it is written again with the next delivery.',
  expendable: true,
};

/** Serves webhook deliveries. */
export class Webhooks {
  readonly #deps: WebhooksDeps;

  constructor(deps: WebhooksDeps) {
    this.#deps = deps;
  }

  /** Whether `source` is configured. */
  knows(source: string): boolean {
    return this.#deps.policy.sources.includes(source);
  }

  /**
   * Takes a delivery. The same delivery again gives the same answer and changes nothing: the request's id is made from
   * the source and the delivery's own id, so the stored requests are the memory of replays.
   * One event of a batch that is refused does not keep the others from being taken, nor does one that fails for now.
   * `tell` hears who a token is of, whatever becomes of the delivery.
   * Fails with `webhook-unknown`, `webhook-refused`, `webhook-app-refused`, the codes of authentication, `request-invalid`,
   * `rate-limited`, or those of opening a request.
   */
  async take(
    source: string,
    headers: HeaderReader,
    body: string,
    tell: (caller: Actor) => void = () => undefined,
  ): Promise<WebhookAnswer[]> {
    if (!this.knows(source)) {
      throw new WardenError('webhook-unknown', {
        message: 'There is no webhook source of this name.',
        advice: 'WARDEN_WEBHOOK_SECRETS and WARDEN_WEBHOOK_APPS name the sources.',
      });
    }
    const sender = await this.#prove(source, headers, body, tell);
    const items = readWebhookBody(parseJson(body), this.#deps.policy.autoRequest);
    const answers: WebhookAnswer[] = [];
    const failures: unknown[] = [];
    for (const [index, item] of items.entries()) {
      try {
        const id = sender.deliveryId === undefined ? undefined : `${sender.deliveryId}#${index}`;
        answers.push(await this.#takeItem(source, item, sender, id));
      } catch (error) {
        if (items.length > 1 && isWardenError(error, ...REFUSALS)) {
          answers.push({ status: 'refused', code: error.code, reason: error.message });
        } else failures.push(error);
      }
    }
    // The sender delivers all of it again: what was opened stays as it is.
    if (failures.length > 0) throw failures[0];
    return answers;
  }

  /** Who sent it: by signature, or by the token of an application that is bound to the source. */
  async #prove(
    source: string,
    headers: HeaderReader,
    body: string,
    tell: (caller: Actor) => void,
  ): Promise<Sender> {
    const id = headers.get('webhook-id');
    const timestamp = headers.get('webhook-timestamp');
    const signature = headers.get('webhook-signature');
    if (id === null && timestamp === null && signature === null) {
      const caller = await this.#deps.authenticator.authenticate(headers, 'POST');
      tell(caller.actor);
      if (caller.kind !== 'app') throw refused('a token here must be that of an application');
      requireRole(caller, ROLES.webhook);
      return { name: `${source}, by app ${this.#boundApp(source, caller.appId)}` };
    }
    if (id === null || timestamp === null || signature === null) {
      throw refused('expected webhook-id, webhook-timestamp and webhook-signature');
    }
    // Judged first, so that a stale delivery and a forged one cannot be distinguished by which is refused faster.
    const isSigned = this.#deps.signatures.isSigned(source, { id, timestamp, signature, body });
    if (!isSigned) throw refused('the signature does not match');
    const age = Math.abs(this.#deps.clock.now() / 1000 - Number(timestamp));
    if (!/^\d{1,12}$/.test(timestamp) || age > WINDOW_SECONDS)
      throw refused('its time is not within five minutes');
    return { name: source, deliveryId: id };
  }

  /** The role says that an application may deliver; the settings say to which source. */
  #boundApp(source: string, appId: string | undefined): string {
    const { apps } = this.#deps.policy;
    const bound = Object.hasOwn(apps, source) ? (apps[source] ?? []) : [];
    if (appId !== undefined && bound.includes(appId)) return appId;
    throw new WardenError('webhook-app-refused', {
      message: `Application ${appId ?? 'without a client id'} is not bound to the webhook source ${source}.`,
      advice: 'WARDEN_WEBHOOK_APPS binds client ids to sources.',
    });
  }

  async #takeItem(
    source: string,
    item: WebhookItem,
    sender: Sender,
    deliveryId: string | undefined,
  ): Promise<WebhookAnswer> {
    if (item.kind === 'ignored') return { status: 'ignored', reason: item.why };
    // An event's own id is the same in every delivery of it; without one the delivery's is.
    const id = item.id ?? deliveryId;
    if (id === undefined) throw nameless();
    const actor: Actor = { kind: 'webhook', id: source, name: sender.name };
    const { recoveries } = this.#deps;
    const admit = () => this.#count(source);
    const { record } = await (item.kind === 'event'
      ? recoveries.openForEvent(actor, item.ask, id, admit)
      : recoveries.open(actor, item.ask, id, admit));
    return { status: 'opened', recoveryId: record.id };
  }

  /** Counts a new request against the source's minute. Fails with `rate-limited`. */
  async #count(source: string): Promise<void> {
    const { store, clock, policy } = this.#deps;
    const minute = Math.floor(clock.now() / MINUTE_MS);
    try {
      await updateDocument(store, RATE_DOCUMENT, { kind: 'webhook-rate', source }, (rate) => {
        const count = rate?.minute === minute ? rate.count : 0;
        if (count >= policy.perMinute) throw limited(clock.now());
        return { minute, count: count + 1 };
      });
    } catch (error) {
      throw isWardenError(error, 'state-conflict') ? limited(clock.now()) : error;
    }
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new WardenError('request-invalid', { message: 'The body is not JSON.', cause });
  }
}

function refused(why: string): WardenError {
  return new WardenError('webhook-refused', {
    message: `The webhook is refused: ${why}.`,
    advice: 'Sign it as the Standard Webhooks specification says, with a secret of this source.',
  });
}

function nameless(): WardenError {
  return new WardenError('request-invalid', {
    message: 'An unsigned delivery has no id, so its events must have ids of their own.',
    advice: 'Send CloudEvents or alerts, or sign the delivery.',
  });
}

function limited(now: number): WardenError {
  return new WardenError('rate-limited', {
    message: 'This source opens too many requests.',
    advice: 'Send it again after the time in Retry-After.',
    retryAfterMs: MINUTE_MS - (now % MINUTE_MS),
  });
}
