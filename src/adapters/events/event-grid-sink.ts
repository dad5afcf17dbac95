/** An event sink on an Azure Event Grid topic that takes CloudEvents. */
import { AzureKeyCredential, type KeyCredential, type TokenCredential } from '@azure/core-auth';
import { EventGridPublisherClient } from '@azure/eventgrid';
import type { CloudEvent } from '../../core/events/cloud-event.ts';
import type { EventSink, HandOver } from '../../core/events/sink.ts';
import type { Clock } from '../../core/ports.ts';
import { CALL_LIMITS_MS, withinLimits } from '../http/call-limits.ts';
import { LONG_WAITS_SHOWN, NO_LONG_WAITS } from '../http/long-waits.ts';
import { tlsPipelineOptions } from '../http/tls.ts';
import { toBatches } from './batches.ts';
import { translateTopicError } from './translate-topic-error.ts';

/** A topic answers in well under a second; what takes longer than this is an outage, and the events wait. */
const TIMEOUT_MS = 15_000;

/** How to reach a topic. */
export interface EventGridSinkOptions {
  /** The topic's endpoint, e.g. `https://contoso.westeurope-1.eventgrid.azure.net/api/events`. */
  readonly url: string;
  /** A key only for a local topic or a simulator: in Azure the product's identity publishes. */
  readonly credential: TokenCredential | KeyCredential;
  readonly clock: Clock;
  /** PEM of the certificate authorities to trust in place of the usual ones. */
  readonly caPem?: string;
  /** Time for one request, and for all tries of one batch, in milliseconds. */
  readonly timeoutMs?: number;
  readonly limitMs?: number;
}

/** Sends batch after batch, so that a topic gets the events in the order given. */
export class EventGridSink implements EventSink {
  readonly name = 'topic';
  readonly #client: EventGridPublisherClient<'CloudEvent'>;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #limitMs: number;

  constructor(options: EventGridSinkOptions) {
    this.#clock = options.clock;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#limitMs = options.limitMs ?? CALL_LIMITS_MS.topicCall;
    this.#client = new EventGridPublisherClient(options.url, 'CloudEvent', options.credential, {
      // The outbox repeats; a few quick attempts spare it a passing trouble.
      retryOptions: { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 2_000 },
      // What a topic asks for is not bound by these; a long wait is left to the outbox, too.
      additionalPolicies: [
        { policy: NO_LONG_WAITS, position: 'perRetry' },
        { policy: LONG_WAITS_SHOWN, position: 'perCall' },
      ],
      redirectOptions: { maxRetries: 0 },
      ...tlsPipelineOptions(options.caPem),
      // The settings allow http on loopback only; the SDK itself never sends a bearer token over it.
      allowInsecureConnection: options.url.startsWith('http:'),
    });
  }

  async accept(events: readonly CloudEvent[], { signal }: Pick<HandOver, 'signal'> = {}): Promise<void> {
    for (const batch of toBatches(events)) {
      try {
        const requestOptions = { timeout: this.#timeoutMs };
        await withinLimits({ of: 'the topic', signal, limitMs: this.#limitMs }, (abortSignal) =>
          this.#client.send(batch.map(toSdk), { requestOptions, abortSignal }),
        );
      } catch (error) {
        throw translateTopicError(error, signal, this.#clock.now());
      }
    }
  }
}

function toSdk({ id, type, source, subject, time, datacontenttype, data }: CloudEvent) {
  return { id, type, source, subject, time: new Date(time), datacontenttype, data };
}

/** The app's identity; for a topic on this machine that takes no tokens, its access key. The settings see to that. */
export function topicCredential(
  identity: TokenCredential,
  topicKey: string | undefined,
): TokenCredential | KeyCredential {
  return topicKey === undefined ? identity : new AzureKeyCredential(topicKey);
}
