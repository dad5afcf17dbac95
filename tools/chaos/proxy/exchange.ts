/** One request and its answer, whole: what the proxy passes on, spoils and observes. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';

/** A request as it came. */
export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What the service said. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The services all are on this machine: longer than any of them works. */
const LIMIT_MS = 60_000;

/**
 * Sends requests on to a service; `caPem` is its authority where it speaks TLS. A connection that is kept may be closed by the
 * service in the very moment in which it is used again: whoever cannot bear that keeps none.
 */
export function createUpstream(
  caPem: string,
  keepAlive = true,
): (target: URL, asked: Asked) => Promise<Answered> {
  const secure = new HttpsAgent({ keepAlive, ca: caPem });
  const plain = new HttpAgent({ keepAlive });
  return (target, { method, path, headers, body }) =>
    new Promise((resolve, reject) => {
      const isSecure = target.protocol === 'https:';
      const options = {
        hostname: target.hostname,
        port: target.port,
        method,
        path,
        // The body has come whole, however it was sent.
        headers: { ...withoutTransfer(headers), 'content-length': String(body.length) },
        agent: isSecure ? secure : plain,
        timeout: LIMIT_MS,
      };
      const take = (answer: IncomingMessage) => {
        buffer(answer).then(
          (content) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: content }),
          reject,
        );
      };
      const sent = isSecure ? httpsRequest(options, take) : httpRequest(options, take);
      sent.on('error', reject);
      sent.on('timeout', () => sent.destroy(new Error('the service did not answer')));
      sent.end(body);
    });
}

/** Headers that are about one connection, not about the request. */
export function withoutTransfer(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { 'transfer-encoding': _, connection: __, 'keep-alive': ___, ...rest } = headers;
  return rest;
}
