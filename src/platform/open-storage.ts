/** The way to the storage accounts of the settings. */
import type { TokenCredential } from '@azure/core-auth';
import type { StorageAccess } from '../adapters/http/storage-access.ts';
import type { Config } from './config/config.ts';

/** The way to the account of the backups, and to that of the state. */
export function accessOf(
  { storage }: Config,
  credential: TokenCredential,
  caPem: string | undefined,
): { readonly backup: StorageAccess; readonly state: StorageAccess } {
  const ca = caPem === undefined ? {} : { caPem };
  if (storage.kind === 'connection') {
    const access = { kind: 'connection-string', connectionString: storage.connectionString, ...ca } as const;
    return { backup: access, state: access };
  }
  const { backupUrl, stateUrl, queueUrl } = storage;
  const access = (blobUrl: string) => ({ kind: 'identity', blobUrl, queueUrl, credential, ...ca }) as const;
  return { backup: access(backupUrl), state: access(stateUrl) };
}
