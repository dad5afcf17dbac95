/** A way to a service on which answers get lost: the service has done what it was asked, and the caller does not know. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A running proxy. */
export interface LossyProxy {
  readonly url: string;
  /** How many answers were lost. */
  readonly lost: number;
  /** Loses the next answer to a request that `matches`; `meanwhile` happens before the caller can notice. */
  loseNext(matches: (message: IncomingMessage) => boolean, meanwhile?: () => Promise<void>): void;
  close(): Promise<void>;
}

/** Starts a proxy to `target`, an `http:` URL whose path is kept. */
export async function startLossyProxy(target: string): Promise<LossyProxy> {
  const { hostname, port, pathname } = new URL(target);
  const losing: {
    matches: (message: IncomingMessage) => boolean;
    meanwhile?: (() => Promise<void>) | undefined;
  }[] = [];
  let lost = 0;
  const server = createServer(async (message, answer) => {
    const body = await buffer(message);
    const { method = 'GET', url: path = '/', headers } = message;
    const forwarded = request({ hostname, port, method, path, headers });
    forwarded.end(body);
    const [reply]: IncomingMessage[] = await once(forwarded, 'response');
    if (reply === undefined) throw new Error('expected an answer');
    const content = await buffer(reply);
    const index = losing.findIndex(({ matches }) => matches(message));
    if (index >= 0) {
      const [loss] = losing.splice(index, 1);
      lost += 1;
      await loss?.meanwhile?.();
      message.socket.destroy();
      return;
    }
    answer.writeHead(reply.statusCode ?? 500, reply.headers);
    answer.end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return {
    url: `http://127.0.0.1:${address.port}${pathname}`,
    get lost() {
      return lost;
    },
    loseNext: (matches, meanwhile) => void losing.push({ matches, meanwhile }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
