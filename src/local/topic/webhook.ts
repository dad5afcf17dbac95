/** One webhook that subscribed to the topic: its handshake, then event after event, with retries. */
import type { Clock, Logger } from '../../core/ports.ts';
import type { CloudEvent } from './cloud-event.ts';

/** The name by which Event Grid introduces itself in the handshake. */
const ORIGIN = 'eventgrid.azure.net';
/** Event Grid waits 30 s for an answer. https://learn.microsoft.com/azure/event-grid/delivery-and-retry */
const TIMEOUT_MS = 30_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits before each further attempt; the last one repeats until the event is a day old (same page). */
export const RETRY_SCHEDULE_MS: readonly number[] = [
  10 * SECOND_MS,
  30 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
];
const TIME_TO_LIVE_MS = 24 * HOUR_MS;
/** Answers after which trying again is no use (same page). */
const FINAL = new Set([400, 401, 413]);

/** A webhook to deliver to. */
export interface Subscription {
  readonly name: string;
  readonly url: string;
  /** Only events of these types; every one when absent. */
  readonly types?: readonly string[];
  /**
   * Gives the token that every delivery carries: a webhook behind Entra gets one of Event Grid's own application.
   * https://learn.microsoft.com/azure/event-grid/secure-webhook-delivery
   */
  readonly token?: () => Promise<string>;
}

/** What became of an event that could not be delivered. */
export interface Undelivered {
  readonly subscription: string;
  readonly event: CloudEvent;
  readonly reason: string;
}

/** What delivering needs. */
export interface WebhookOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retryScheduleMs: readonly number[];
  readonly onUndelivered: (undelivered: Undelivered) => void;
  readonly signal: AbortSignal;
}

/** Delivers to one subscription, in order of publishing as long as nothing fails. */
export class Webhook {
  readonly #subscription: Subscription;
  readonly #options: WebhookOptions;
  readonly #retries = new Set<Promise<void>>();
  #line: Promise<void>;

  constructor(subscription: Subscription, options: WebhookOptions) {
    this.#subscription = subscription;
    this.#options = options;
    // Events that come before the handshake is done wait for it.
    this.#line = this.#introduce();
  }

  /** Takes an event for delivery. */
  accept(event: CloudEvent): void {
    const { types } = this.#subscription;
    if (types !== undefined && !types.includes(event.type)) return;
    const acceptedAt = this.#options.clock.now();
    this.#line = this.#line.then(async () => {
      if (this.#isStopped || (await this.#attempt(event, 1)) !== 'again') return;
      this.#track(this.#retry(event, acceptedAt));
    });
  }

  /** Resolves when nothing is under way any more; what waits for a retry is given up once the signal has fired. */
  async idle(): Promise<void> {
    await this.#line;
    await Promise.all(this.#retries);
  }

  get #isStopped(): boolean {
    return this.#options.signal.aborted;
  }

  #track(work: Promise<void>): void {
    this.#retries.add(work);
    void work.finally(() => this.#retries.delete(work));
  }

  /** CloudEvents abuse protection: nothing is sent to a URL whose owner did not agree. */
  async #introduce(): Promise<void> {
    for (let attempt = 0; !this.#isStopped; attempt += 1) {
      const allowed = await this.#askLeave();
      if (allowed) return;
      this.#options.logger.warn('webhook did not agree to deliveries, asking again', this.#facts());
      await this.#pause(attempt);
    }
  }

  async #askLeave(): Promise<boolean> {
    try {
      const answer = await fetch(this.#subscription.url, {
        method: 'OPTIONS',
        headers: { 'webhook-request-origin': ORIGIN },
        signal: AbortSignal.any([this.#options.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.arrayBuffer();
      const allowed = answer.headers.get('webhook-allowed-origin');
      return answer.ok && (allowed === '*' || allowed === ORIGIN);
    } catch {
      return false;
    }
  }

  async #retry(event: CloudEvent, acceptedAt: number): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      await this.#pause(attempt);
      if (this.#isStopped) return;
      if (this.#options.clock.now() - acceptedAt >= TIME_TO_LIVE_MS) {
        this.#giveUp(event, 'the event is a day old');
        return;
      }
      if ((await this.#attempt(event, attempt + 2)) !== 'again') return;
    }
  }

  async #attempt(event: CloudEvent, count: number): Promise<'done' | 'again'> {
    try {
      const token = await this.#subscription.token?.();
      const answer = await fetch(this.#subscription.url, {
        method: 'POST',
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          'content-type': 'application/cloudevents+json; charset=utf-8',
          'webhook-request-origin': ORIGIN,
          'aeg-event-type': 'Notification',
          'aeg-subscription-name': this.#subscription.name.toUpperCase(),
          'aeg-delivery-count': String(count - 1),
        },
        body: JSON.stringify(event),
        signal: AbortSignal.any([this.#options.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.arrayBuffer();
      if (answer.status >= 200 && answer.status <= 204) return 'done';
      if (!FINAL.has(answer.status)) return 'again';
      this.#giveUp(event, `the webhook answered ${answer.status}`);
      return 'done';
    } catch {
      return 'again';
    }
  }

  #giveUp(event: CloudEvent, reason: string): void {
    const { name } = this.#subscription;
    this.#options.logger.warn('event was not delivered', { ...this.#facts(), id: event.id, reason });
    this.#options.onUndelivered({ subscription: name, event, reason });
  }

  async #pause(attempt: number): Promise<void> {
    const { clock, retryScheduleMs, signal } = this.#options;
    const ms = retryScheduleMs[Math.min(attempt, retryScheduleMs.length - 1)] ?? MINUTE_MS;
    // An abort ends the wait; the loops check the signal next.
    await clock.sleep(ms, signal).catch(() => undefined);
  }

  #facts() {
    return { subscription: this.#subscription.name, url: this.#subscription.url };
  }
}
