/** What KeyClient does not offer: aborting every request of a call, and seeing what was sent and answered. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { PipelinePolicy, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { WardenError } from '../../core/errors.ts';

/** One call of the port, as the policy under KeyClient sees it. */
export interface CallContext {
  readonly signal?: AbortSignal | undefined;
  /** Moments of a new key in whole seconds since 1970: the SDK would send 32 bits of them. */
  readonly moments?: { readonly exp?: number; readonly nbf?: number };
  /** Whether the items of a list are read here, one by one: the SDK, which reads all or none, gets an empty list. */
  readonly ownItems?: boolean;
  items?: readonly unknown[];
  /** The link of the last list answer to the page after it. */
  nextLink?: string | undefined;
  /** Whether the last answer is kept, as the service wrote it. */
  readonly keepAnswer?: boolean;
  answer?: unknown;
  /** The request of a recovery: sent, and answered with its acceptance. */
  recovery?: 'sent' | 'accepted';
}

const calls = new AsyncLocalStorage<CallContext>();

/** Runs `action`, every request of which belongs to `context`. */
export function inCallContext<T>(context: CallContext, action: () => Promise<T>): Promise<T> {
  return calls.run(context, action);
}

/** A list without an array is none: an empty HSM must not be made of an answer that nobody understands. */
const ListAnswer = z.object({ nextLink: z.string().nullish(), value: z.array(z.unknown()) });
const NewKeyBody = z.looseObject({ attributes: z.looseObject({}) });

/**
 * The policy that connects requests to their call. It also keeps every request, and with it the token, on the HSM's own
 * origin (KeyClient follows a next link wherever it leads), and gives each request `timeoutMs` to be answered.
 */
export function callContextPolicy(origin: string, timeoutMs: number): PipelinePolicy {
  return {
    name: 'wardenCallContextPolicy',
    async sendRequest(request, next) {
      const context = calls.getStore();
      if (new URL(request.url).origin !== origin) {
        throw new WardenError('hsm-answer-unexpected', {
          message: `The HSM at ${origin} pointed to another host.`,
        });
      }
      request.timeout = timeoutMs;
      if (context === undefined) return worded(await next(request));
      if (context.signal !== undefined) request.abortSignal = context.signal;
      if (context.moments !== undefined) setMoments(request, context.moments);
      const { pathname } = new URL(request.url);
      const isRecovery = request.method === 'POST' && pathname.endsWith('/recover');
      if (isRecovery) context.recovery = 'sent';
      const response = await next(request);
      if (response.status !== 200) return worded(response);
      if (isRecovery) context.recovery = 'accepted';
      if (context.keepAnswer === true) context.answer = JSON.parse(response.bodyAsText ?? 'null');
      if (request.method === 'GET' && /^\/(deletedkeys|keys(\/[^/]+\/versions)?)\/?$/i.test(pathname)) {
        const answer = ListAnswer.parse(JSON.parse(response.bodyAsText ?? ''));
        context.nextLink = answer.nextLink ?? undefined;
        context.items = answer.value;
        if (context.ownItems === true) response.bodyAsText = '{"value":[]}';
      }
      return response;
    },
  };
}

/**
 * An answer whose refusal the SDK can read: of one without a word, or with `null`, it would throw a TypeError in place of its status and of
 * how long to wait.
 */
function worded(response: PipelineResponse): PipelineResponse {
  const text = response.bodyAsText?.trim() ?? '';
  if (response.status >= 400 && (text === '' || text === 'null')) response.bodyAsText = '{}';
  return response;
}

/** Writes the moments into the body of a new key as they were asked for. */
function setMoments(request: PipelineRequest, moments: NonNullable<CallContext['moments']>): void {
  if (typeof request.body !== 'string') return;
  const body = NewKeyBody.safeParse(JSON.parse(request.body));
  if (!body.success) return;
  const attributes = { ...body.data.attributes, ...moments };
  request.body = JSON.stringify({ ...body.data, attributes });
}
