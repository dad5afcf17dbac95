/** An HTTP handler that never throws. */
import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { toProblem } from './answer.ts';

/**
 * With HTTP streams the host would send no answer at all when a handler throws: the caller would wait for nothing. Every
 * HTTP function is wrapped in this; what ends here is a fault of ours.
 */
export function alwaysAnswered(
  handler: (request: HttpRequest, context: InvocationContext) => HttpResponseInit | Promise<HttpResponseInit>,
): HttpHandler {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      context.error('request failed', { function: context.functionName, error: String(error) });
      return toProblem(error, context.invocationId);
    }
  };
}
