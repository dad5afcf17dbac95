/** The limits that the official host's server sets to a request before any app sees it. */
import type { IncomingMessage, ServerOptions } from 'node:http';
import type { Duplex } from 'node:stream';

/** Bytes; learn.microsoft.com/azure/azure-functions/functions-app-settings#functions_request_body_size_limit. */
export const BODY_LIMIT = 104_857_600;
/** Kestrel's defaults: bytes of the request line with its end, bytes of all header lines, and their number (`KestrelServerLimits`). */
const LINE_LIMIT = 8_192;
const HEADERS_LIMIT = 32_768;
const HEADER_COUNT = 100;

/** Node itself refuses more than this, with an answer that does not depend on what was too long. */
export const SERVER_OPTIONS: ServerOptions = { maxHeaderSize: 262_144 };

/** The status with which a request is refused for its size: 414 or 431; undefined when it is small enough. */
export function refusedForSize({
  method,
  url,
  httpVersion,
  rawHeaders,
}: IncomingMessage): number | undefined {
  if (`${method} ${url} HTTP/${httpVersion}\r\n`.length > LINE_LIMIT) return 414;
  // Names and values alternate; each pair is sent as `name: value\r\n`.
  const headers = rawHeaders.length / 2;
  const bytes = rawHeaders.reduce((sum, text) => sum + text.length, headers * 4);
  return bytes > HEADERS_LIMIT || headers > HEADER_COUNT ? 431 : undefined;
}

/**
 * Answers what Node's parser refuses before there is a request. A method that Node does not know is one that no route has,
 * which is 404 on the official host.
 */
export function refuseUnread(error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const line = error.rawPacket?.subarray(0, LINE_LIMIT).toString('latin1') ?? '';
  const unknownMethod =
    error.code === 'HPE_INVALID_METHOD' && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S+ HTTP\/1\.[01]\r\n/.test(line);
  const status = unknownMethod
    ? '404 Not Found'
    : error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}
