/** Stands for the event hub of the audit log: takes what the emulators post and hands it to whoever listens. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/** Acts on one batch; a failure lets the emulator post it again. */
type OnBatch = (batch: string) => Promise<void>;

/** A running feed. */
export interface AuditFeed {
  /** Where the emulators post to. */
  readonly url: string;
  /** Until somebody listens, batches are refused and come again. */
  listen(onBatch: OnBatch): void;
  close(): Promise<void>;
}

const Address = z.object({ port: z.int() });

/** Starts the feed on a free port of loopback. */
export async function startAuditFeed(): Promise<AuditFeed> {
  let listener: OnBatch = () => Promise.reject(new Error('nobody listens yet'));
  const server = createServer((request, response) => {
    text(request)
      .then((batch) => listener(batch))
      .then(
        () => response.writeHead(200).end(),
        () => response.writeHead(503).end(),
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = Address.parse(server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    listen: (onBatch) => {
      listener = onBatch;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
