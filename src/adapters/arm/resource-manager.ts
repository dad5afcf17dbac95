/** Reads Azure Resource Manager over REST: a subscription's resources need no client library each. */
import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type Pipeline,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { abortReason } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { failureWord, readFault, reasonOf } from '../http/fault.ts';
import { NO_LONG_WAITS } from '../http/long-waits.ts';
import { tlsPipelineOptions } from '../http/tls.ts';
import { beginWait } from '../http/waits.ts';

/** What came of a question. Only `ok` says anything about what was asked for; `missing` says that it is not there. */
export type Reading<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'missing' }
  /** The caller may not read it. */
  | { readonly kind: 'forbidden'; readonly why: string }
  /** No answer, or one that is not understood. */
  | { readonly kind: 'failed'; readonly why: string };

/** What a {@link ResourceManager} works with. */
export interface ResourceManagerOptions {
  /** Such as `https://management.azure.com`. */
  readonly url: string;
  readonly credential: TokenCredential;
  readonly clock: Clock;
  /** PEM of the certificate authorities to trust in place of the usual ones. */
  readonly caPem?: string;
  /** What a token is asked for, where that is not the service's own address. */
  readonly scope?: string;
  /** How often the pipeline repeats a request that may pass; 3 unless said otherwise. */
  readonly retries?: number;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 30_000;
/** A list longer than this many pages is not read to its end, and so not understood. */
const MOST_PAGES = 50;
const Page = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });
const Refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Asks, changes nothing. Every question ends in a {@link Reading}; only an abort rejects, with the reason of the signal. */
export class ResourceManager {
  readonly #options: ResourceManagerOptions;
  readonly #url: string;
  readonly #pipeline: Pipeline;

  constructor(options: ResourceManagerOptions) {
    this.#options = options;
    this.#url = options.url.replace(/\/+$/, '');
    this.#pipeline = createPipelineFromOptions({
      retryOptions: { maxRetries: options.retries ?? 3 },
      ...tlsPipelineOptions(options.caPem),
    });
    this.#pipeline.addPolicy(
      bearerTokenAuthenticationPolicy({
        credential: options.credential,
        scopes: options.scope ?? `${this.#url}/.default`,
      }),
      { phase: 'Sign' },
    );
    // A person is waiting.
    this.#pipeline.addPolicy(NO_LONG_WAITS, { phase: 'Sign' });
  }

  /** One object. `path` begins with a slash; `apiVersion` may have more of a query after it. */
  get<T extends z.ZodType>(path: string, apiVersion: string, shape: T): Promise<Reading<z.output<T>>> {
    return this.#ask('GET', this.#address(path, apiVersion), shape);
  }

  /** A question that is sent as a POST, such as whether a name is free. */
  ask<T extends z.ZodType>(
    path: string,
    apiVersion: string,
    body: object,
    shape: T,
  ): Promise<Reading<z.output<T>>> {
    return this.#ask('POST', this.#address(path, apiVersion), shape, body);
  }

  /** All members of a list, page after page. Half a list is no list: then the reading failed. */
  async list<T extends z.ZodType>(
    path: string,
    apiVersion: string,
    member: T,
  ): Promise<Reading<readonly z.output<T>[]>> {
    const all: z.output<T>[] = [];
    let address = this.#address(path, apiVersion);
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const reading = await this.#ask('GET', address, Page);
      if (reading.kind !== 'ok') return reading;
      const members = z.array(member).safeParse(reading.value.value);
      if (!members.success) return { kind: 'failed', why: 'the answer was not understood' };
      all.push(...members.data);
      const next = reading.value.nextLink ?? '';
      if (next === '') return { kind: 'ok', value: all };
      // The token belongs to this service alone.
      if (!URL.canParse(next) || new URL(next).origin !== new URL(this.#url).origin)
        return { kind: 'failed', why: 'the list goes on at another service' };
      address = next;
    }
    return { kind: 'failed', why: `the list is longer than ${MOST_PAGES} pages` };
  }

  #address(path: string, apiVersion: string): string {
    return `${this.#url}${path}?api-version=${apiVersion}`;
  }

  /** With all its tries; it says meanwhile whom it asks. */
  async #send(request: PipelineRequest): Promise<PipelineResponse> {
    const over = beginWait('Azure Resource Manager');
    try {
      const answer = await this.#pipeline.sendRequest(createDefaultHttpClient(), request);
      over(answer.status >= 400 ? String(answer.status) : undefined);
      return answer;
    } catch (error) {
      over(failureWord(error));
      throw error;
    }
  }

  async #ask<T extends z.ZodType>(
    method: 'GET' | 'POST',
    url: string,
    shape: T,
    body?: object,
  ): Promise<Reading<z.output<T>>> {
    const { signal, clock } = this.#options;
    try {
      const { status, bodyAsText } = await this.#send(
        createPipelineRequest({
          url,
          method,
          headers: createHttpHeaders({ accept: 'application/json', 'content-type': 'application/json' }),
          timeout: TIMEOUT_MS,
          abortSignal: signal,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      );
      if (status === 404) return { kind: 'missing' };
      const answer: unknown = parseJson(bodyAsText ?? '');
      if (status >= 400) return refusal(status, answer);
      const parsed = shape.safeParse(answer);
      return parsed.success
        ? { kind: 'ok', value: parsed.data }
        : { kind: 'failed', why: 'the answer was not understood' };
    } catch (error) {
      const fault = readFault(error, signal, clock.now());
      if (fault.kind === 'aborted') throw abortReason(signal, 'Interrupted.');
      return { kind: 'failed', why: reasonOf(fault, error, 'Azure Resource Manager') };
    }
  }
}

function refusal(status: number, answer: unknown): Reading<never> {
  const { data } = Refusal.safeParse(answer);
  const why = `it answered ${status}${data === undefined ? '' : ` ${data.error.code}`}`;
  return { kind: status === 401 || status === 403 ? 'forbidden' : 'failed', why };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
