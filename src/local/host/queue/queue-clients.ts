/** Finds the storage account that a queue binding's `connection` names. */
import type { TokenCredential } from '@azure/core-auth';
import { QueueServiceClient } from '@azure/storage-queue';
import type { AppSettings } from '../app-settings.ts';
import { HostError } from '../host-error.ts';

/** Gives the queue service behind a connection name. Fails with `setting-missing`. */
export type QueueClientFactory = (connection: string) => QueueServiceClient;

/**
 * Reads a connection from settings: a connection string under the name itself (or `AzureWebJobs{name}`), or an
 * identity-based one under `{name}__queueServiceUri` or `{name}__accountName`, used with `credential`
 * (learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#identity-based-connections).
 */
export function queueClientsFromSettings(
  settings: AppSettings,
  credential?: TokenCredential,
): QueueClientFactory {
  const clients = new Map<string, QueueServiceClient>();
  return (connection) => {
    const client = clients.get(connection) ?? createClient(connection, settings, credential);
    clients.set(connection, client);
    return client;
  };
}

function createClient(
  connection: string,
  settings: AppSettings,
  credential: TokenCredential | undefined,
): QueueServiceClient {
  const text = settings[connection] ?? settings[`AzureWebJobs${connection}`];
  if (text) return QueueServiceClient.fromConnectionString(text);
  const account = settings[`${connection}__accountName`];
  const uri =
    settings[`${connection}__queueServiceUri`] ?? (account && `https://${account}.queue.core.windows.net`);
  if (uri && credential) return new QueueServiceClient(uri, credential);
  throw new HostError(
    'setting-missing',
    uri
      ? `the connection ${connection} is identity-based, but the host was given no credential`
      : `no setting names the storage account of the connection ${connection}: expected ${connection} or ${connection}__queueServiceUri`,
  );
}
