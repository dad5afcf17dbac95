/** What KeyClient does not offer by itself: aborting every page of a list, learning a page's next link, seeing a recovery happen. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { WardenError } from '../../core/errors.ts';

/** One call of the port, as the policy under KeyClient sees it. */
export interface CallContext {
  readonly signal?: AbortSignal | undefined;
  /** The link of the last list answer to the page after it. */
  nextLink?: string | undefined;
  /** Whether the HSM accepted a recovery. */
  recovered?: boolean;
}

const calls = new AsyncLocalStorage<CallContext>();

/** Runs `action`, every request of which belongs to `context`. */
export function inCallContext<T>(context: CallContext, action: () => Promise<T>): Promise<T> {
  return calls.run(context, action);
}

/** Only the member that matters here; KeyClient reads the rest. */
const ListAnswer = z.object({ nextLink: z.string().exactOptional() });

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
      if (context?.signal !== undefined) request.abortSignal = context.signal;
      const response = await next(request);
      if (context === undefined || response.status !== 200) return response;
      const { pathname } = new URL(request.url);
      if (request.method === 'POST' && pathname.endsWith('/recover')) context.recovered = true;
      if (request.method === 'GET' && /^\/(deleted)?keys\/?$/.test(pathname)) {
        context.nextLink = readNextLink(response.bodyAsText ?? '');
      }
      return response;
    },
  };
}

function readNextLink(body: string): string | undefined {
  const answer = ListAnswer.safeParse(JSON.parse(body));
  return answer.success ? answer.data.nextLink : undefined;
}
