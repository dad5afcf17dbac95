/** The recovery app's HTTP API, called as the person at the terminal: the app proves who that is, and decides. */
import type { HttpMethods } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { ERROR_CLASSES, WardenError, type WardenErrorCode } from '../../core/errors.ts';
import { RecoveryView } from '../../features/recovery/model/asking.ts';
import { sendOnce } from '../connect/http-call.ts';

/** The longest a person waits for an answer. */
const TIMEOUT_MS = 60_000;

/** How to reach the app. */
export interface RecoveryApiOptions {
  /** Its origin, like `https://recovery.contoso.com`. */
  readonly url: string;
  /** A bearer token of the person. */
  readonly token: () => Promise<string>;
  readonly caPem: string | undefined;
  readonly signal: AbortSignal;
}

const Page = z.object({ items: z.array(RecoveryView), next: z.string().optional() });
const Problem = z.object({ title: z.string(), code: z.string(), detail: z.string().optional() });

/** The requests of people. Every method fails with the code that the app answers with, or `identity-unreachable`. */
export class RecoveryApi {
  readonly #options: RecoveryApiOptions;

  constructor(options: RecoveryApiOptions) {
    this.#options = options;
  }

  /** Opens a request. */
  async ask(body: Readonly<Record<string, unknown>>): Promise<RecoveryView> {
    return RecoveryView.parse(await this.#send('POST', 'recoveries', body));
  }

  /** The requests, newest first; at most `most`. */
  async list(query: Readonly<Record<string, string>>, most: number): Promise<readonly RecoveryView[]> {
    const found: RecoveryView[] = [];
    let next: string | undefined;
    do {
      const parameters = new URLSearchParams({ ...query, ...(next === undefined ? {} : { next }) });
      const page = Page.parse(await this.#send('GET', `recoveries?${parameters}`));
      found.push(...page.items);
      next = page.next;
    } while (next !== undefined && found.length < most);
    return found.slice(0, most);
  }

  /** One request. */
  async get(id: string): Promise<RecoveryView> {
    return RecoveryView.parse(await this.#send('GET', `recoveries/${id}`));
  }

  /** Approves exactly what `digest` stands for. */
  async approve(id: string, digest: string): Promise<RecoveryView> {
    return RecoveryView.parse(await this.#send('POST', `recoveries/${id}/approvals`, { digest }));
  }

  /** Ends a request. */
  async end(id: string, how: 'rejection' | 'cancellation', reason: string): Promise<RecoveryView> {
    return RecoveryView.parse(await this.#send('POST', `recoveries/${id}/${how}`, { reason }));
  }

  async #send(method: HttpMethods, path: string, body?: unknown): Promise<unknown> {
    const { url, token, caPem, signal } = this.#options;
    const call = {
      url: `${url}/api/${path}`,
      method,
      headers: {
        authorization: `Bearer ${await token()}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: TIMEOUT_MS,
      caPem,
      signal,
    };
    const { status, text } = await sendOnce(call).then(
      (response) => ({ status: response.status, text: response.bodyAsText ?? '' }),
      (cause: unknown) => {
        throw signal.aborted ? aborted(cause) : unreachable(url, cause);
      },
    );
    const answer = parse(text);
    if (status < 300) return answer;
    throw refusal(status, answer, url);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The app's own error, as if it had been thrown here. */
function refusal(status: number, answer: unknown, url: string): WardenError {
  const problem = Problem.safeParse(answer);
  if (!problem.success) {
    return new WardenError('request-invalid', {
      message: `${url} answered ${status}, and not as the recovery app does.`,
      advice: 'Check --app-url or WARDEN_ORIGIN.',
    });
  }
  const { title, code, detail } = problem.data;
  const options = { message: title, ...(detail === undefined ? {} : { advice: detail }) };
  return new WardenError(isKnownCode(code) ? code : 'request-invalid', options);
}

function isKnownCode(code: string): code is WardenErrorCode {
  return Object.hasOwn(ERROR_CLASSES, code);
}

function unreachable(url: string, cause: unknown): WardenError {
  return new WardenError('identity-unreachable', {
    message: `The recovery app at ${url} cannot be reached.`,
    advice: 'Is it running? If it is lost, docs/break-glass.md is the way.',
    cause,
  });
}

function aborted(cause: unknown): WardenError {
  return new WardenError('aborted', { message: 'Interrupted.', cause });
}
