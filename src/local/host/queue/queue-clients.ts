/** Finds the storage account that a queue binding's `connection` names. */
import { QueueServiceClient } from '@azure/storage-queue';
import type { AppSettings } from '../app-settings.ts';
import { HostError } from '../host-error.ts';

/** Gives the queue service behind a connection name. Fails with `setting-missing`. */
export type QueueClientFactory = (connection: string) => QueueServiceClient;

/**
 * Reads connection strings from the settings, under the connection's name itself or `AzureWebJobs{name}`. Whoever has no
 * connection string, but an identity, gives the host clients of its own.
 */
export function queueClientsFromSettings(settings: AppSettings): QueueClientFactory {
  const clients = new Map<string, QueueServiceClient>();
  return (connection) => {
    const client = clients.get(connection) ?? createClient(connection, settings);
    clients.set(connection, client);
    return client;
  };
}

function createClient(connection: string, settings: AppSettings): QueueServiceClient {
  const text = settings[connection] ?? settings[`AzureWebJobs${connection}`];
  if (text) return QueueServiceClient.fromConnectionString(text);
  throw new HostError(
    'setting-missing',
    `no setting names the storage account of the connection ${connection}: expected ${connection}`,
  );
}
