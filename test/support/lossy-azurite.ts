/** Azurite, directly and on a way on which answers of one of its services get lost. */
import type { StorageAccess } from '../../src/adapters/http/storage-access.ts';
import { startAzurite } from './azurite.ts';
import { type LossyProxy, startLossyProxy } from './lossy-proxy.ts';

/** The storage and both ways to it. */
export interface LossyAzurite {
  readonly access: StorageAccess;
  readonly lossy: StorageAccess;
  readonly proxy: LossyProxy;
  stop(): Promise<void>;
}

/** Starts both; whoever starts them stops them. */
export async function startLossyAzurite(service: 'Blob' | 'Queue'): Promise<LossyAzurite> {
  const azurite = await startAzurite();
  const { access } = azurite;
  if (access.kind !== 'connection-string') throw new Error('expected a connection string');
  const url = new RegExp(`${service}Endpoint=([^;]+);`).exec(access.connectionString)?.[1] ?? '';
  const proxy = await startLossyProxy(url);
  const connectionString = access.connectionString.replace(url, proxy.url);
  return {
    access,
    lossy: { kind: 'connection-string', connectionString },
    proxy,
    async stop() {
      await proxy.close();
      await azurite.stop();
    },
  };
}
