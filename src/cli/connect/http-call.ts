/** One HTTP request without retries, over TLS with an authority of one's own where there is one. */

import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { failureWord } from '../../adapters/http/fault.ts';
import { tlsOptionsFor } from '../../adapters/http/tls.ts';
import { beginWait } from '../../adapters/http/waits.ts';
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

/** Sends it once, and says meanwhile whom it asks; any answer is an answer. Fails with the client's own error when there is none. Plain http is for loopback only. */
export async function sendOnce({
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
  if (caPem !== undefined) request.tlsSettings = tlsOptionsFor(caPem);
  const over = beginWait(new URL(url).host);
  try {
    const answer = await client.sendRequest(request);
    over();
    return answer;
  } catch (error) {
    over(failureWord(error));
    throw error;
  }
}
