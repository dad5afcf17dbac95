/** One HTTP request without retries, over TLS with an authority of one's own where there is one. */

import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { definedOnly } from '../../core/defined-only.ts';
import { isLoopback } from '../../core/settings/kinds.ts';

/** What to send. Times are milliseconds. */
export interface HttpCall {
  readonly url: string;
  readonly method: HttpMethods;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly caPem: string | undefined;
  readonly signal: AbortSignal;
}

const client = createDefaultHttpClient();

/** Sends it once; any answer is an answer. Fails with the client's own error when there is none. Plain http is for loopback only. */
export function sendOnce({
  url,
  method,
  headers = {},
  body,
  timeoutMs,
  caPem,
  signal,
}: HttpCall): Promise<PipelineResponse> {
  const request = createPipelineRequest({
    url,
    method,
    headers: createHttpHeaders(headers),
    timeout: timeoutMs,
    abortSignal: signal,
    allowInsecureConnection: isLoopback(url),
    ...definedOnly({ body }),
  });
  if (caPem !== undefined) request.tlsSettings = { ca: caPem };
  return client.sendRequest(request);
}
