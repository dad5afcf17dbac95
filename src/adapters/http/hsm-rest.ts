/** Calls to one Managed HSM over REST, for what no client library of Azure offers as it is needed here. */
import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpClient,
  type Pipeline,
  RestError,
} from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { WardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { type RetryPolicy, withRetries } from '../../core/retry.ts';
import { isLoopback } from '../../core/settings/kinds.ts';
import { CALL_LIMITS_MS, withinLimits } from './call-limits.ts';
import { statusWord } from './fault.ts';
import { tlsPipelineOptions } from './tls.ts';
import { translateHsmError } from './translate-hsm-error.ts';
import { noteWait } from './waits.ts';

/** https://learn.microsoft.com/rest/api/keyvault */
const API_VERSION = '7.5';
const ATTEMPTS: RetryPolicy = { attempts: 4, firstDelayMs: 1_000, maxDelayMs: 8_000 };
const ServiceErrorBody = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** How to reach one Managed HSM. */
export interface HsmRestOptions {
  readonly hsm: string;
  /** `https://{name}.managedhsm.azure.net`. */
  readonly url: string;
  readonly credential: TokenCredential;
  readonly clock: Clock;
  /** PEM of the certificate authorities to trust in place of the usual ones. */
  readonly caPem?: string;
  /** How often a call that may pass is tried; 4 times by default. */
  readonly attempts?: number;
}

/** One call. It must be one that may be repeated: whoever makes it twice gets the same. */
export interface HsmRestCall {
  /** As in "could not {what}". */
  readonly what: string;
  readonly key?: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Begins with a slash; without the version of the API. */
  readonly path: string;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
  /** Codes of refusals that are as good as done; the answer is then `{}`. */
  readonly fine?: readonly string[];
}

/** The HSM's REST interface, with a person's or an app's credential. */
export class HsmRest {
  readonly hsm: string;
  readonly #options: HsmRestOptions;
  readonly #client: HttpClient = createDefaultHttpClient();
  readonly #pipeline: Pipeline;

  constructor(options: HsmRestOptions) {
    this.hsm = options.hsm;
    this.#options = options;
    this.#pipeline = createPipelineFromOptions({
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      userAgentOptions: { userAgentPrefix: 'hsm-warden' },
      ...tlsPipelineOptions(options.caPem),
    });
    const { credential, url } = options;
    this.#pipeline.addPolicy(
      bearerTokenAuthenticationPolicy({ credential, scopes: tokenScope(url, options.hsm) }),
      {
        phase: 'Sign',
      },
    );
  }

  /**
   * What `read` makes of the HSM's answer, which is parsed JSON. Fails with the `hsm-` codes of the port KeyService,
   * `key-not-found`, or the reason of the signal; a failure of `read` is `hsm-answer-unexpected`.
   */
  call<T>(call: HsmRestCall, read: (answer: unknown) => T): Promise<T> {
    const { clock, attempts = ATTEMPTS.attempts } = this.#options;
    return withRetries(
      () => this.#once(call, read),
      clock,
      { ...ATTEMPTS, attempts },
      call.signal ?? new AbortController().signal,
      (error, _attempt, waitMs) => noteWait(this.hsm, statusWord(error), waitMs),
    );
  }

  async #once<T>({ what, key, signal, ...request }: HsmRestCall, read: (answer: unknown) => T): Promise<T> {
    const { hsm, clock } = this.#options;
    try {
      return await withinLimits({ of: hsm, signal, limitMs: CALL_LIMITS_MS.hsmCall }, async (abortSignal) =>
        read(await this.#send(request, abortSignal)),
      );
    } catch (error) {
      throw translateHsmError(error, { hsm, what, signal, ...definedOnly({ key }) }, clock.now());
    }
  }

  async #send(
    { method, path, body, fine = [] }: Pick<HsmRestCall, 'method' | 'path' | 'body' | 'fine'>,
    abortSignal: AbortSignal,
  ): Promise<unknown> {
    const response = await this.#pipeline.sendRequest(
      this.#client,
      createPipelineRequest({
        url: `${this.#options.url.replace(/\/+$/, '')}${path}?api-version=${API_VERSION}`,
        method,
        headers: createHttpHeaders({ accept: 'application/json', 'content-type': 'application/json' }),
        timeout: CALL_LIMITS_MS.hsmRequest,
        abortSignal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    const { status, bodyAsText } = response;
    if (status === 204) return {};
    if (status < 300) return JSON.parse(bodyAsText ?? '');
    const refusal = refusalIn(bodyAsText ?? '');
    if (fine.includes(refusal.code)) return {};
    const { request } = response;
    throw new RestError(refusal.message, { code: refusal.code, statusCode: status, request, response });
  }
}

/** The service's own code and words; empty where something else answered, like a proxy with a page. */
function refusalIn(text: string): { readonly code: string; readonly message: string } {
  try {
    return ServiceErrorBody.parse(JSON.parse(text)).error;
  } catch {
    return { code: '', message: '' };
  }
}

/**
 * The audience belongs to the cloud: the host without the name of the HSM. On this machine any token does. Fails with
 * `hsm-unauthenticated` for any other host: a token for HSMs is good on every one of them, and no stranger gets it.
 */
function tokenScope(url: string, hsm: string): string {
  const { hostname, origin } = new URL(url);
  const [, suffix] = /^[^.]+\.(managedhsm\..+)$/.exec(hostname) ?? [];
  if (suffix !== undefined) return `https://${suffix}/.default`;
  if (isLoopback(origin)) return 'https://managedhsm.azure.net/.default';
  throw new WardenError('hsm-unauthenticated', {
    message: `${hostname} is not the host of a Managed HSM: no token is sent to it.`,
    advice: 'Give the URL of the HSM, like https://HSM.managedhsm.azure.net/.',
    hsm,
  });
}
