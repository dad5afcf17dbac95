/** Knows which connections of a server are in use, so that stopping waits for answers but for nobody's silence. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of one server. */
export interface Connections {
  /** Counts a request until its answer has been sent. */
  begin(request: IncomingMessage, response: ServerResponse): void;
  /** Ends every connection as soon as it has no request under way: unused ones, also those kept or just opened, now. */
  drain(): void;
}

/** Watches a server. Node's own `closeIdleConnections` spares connections that have not sent a request yet. */
export function watchConnections(server: Server): Connections {
  const open = new Map<Socket, number>();
  let draining = false;
  server.on('connection', (socket: Socket) => {
    open.set(socket, 0);
    socket.once('close', () => open.delete(socket));
  });

  function change(socket: Socket, by: number): void {
    const requests = open.get(socket);
    if (requests === undefined) return;
    open.set(socket, requests + by);
    if (draining && requests + by === 0) socket.destroySoon();
  }

  return {
    begin({ socket }, response) {
      change(socket, 1);
      response.once('close', () => change(socket, -1));
    },
    drain() {
      draining = true;
      for (const socket of open.keys()) change(socket, 0);
    },
  };
}
