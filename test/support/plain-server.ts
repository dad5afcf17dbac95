/** A plain HTTP server of one test on the loopback interface, in the place of a storage account. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

const Address = z.object({ port: z.int() });

/** Starts it, and resolves with the URL of an account there; it ends with the test. A request that `listener` leaves has no answer. */
export async function startPlainServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${Address.parse(server.address()).port}/devstoreaccount1`;
}
