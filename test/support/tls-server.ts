/** An HTTPS server that answers as a test says, with a certificate authority of its own. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { createAuthority, createLeaf } from '../../src/emulator/tls/certificates.ts';

/** A running server. */
export interface TlsServer {
  readonly url: string;
  readonly caPem: string;
  /** Method and path of every request so far. */
  readonly requests: string[];
  /** How many connections are open. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** Starts it on a free port of the loopback interface. */
export async function startTlsServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TlsServer> {
  const authority = await createAuthority(Date.now());
  const leaf = await createLeaf(authority, 'server', Date.now());
  const requests: string[] = [];
  const server = createServer({ cert: leaf.certificate, key: leaf.key }, (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return {
    url: `https://127.0.0.1:${address.port}`,
    caPem: authority.certificate,
    requests,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      ),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
