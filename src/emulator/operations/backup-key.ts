// Backup: `POST /keys/{name}/backup`, all versions in one encrypted value. Disabled keys too (not recorded).
import { backupKey as protectionKey, sealBackup } from '../backup/blob.ts';
import type { Operation } from '../model/operation.ts';
import { activeKey } from './key-lookup.ts';

export const backupKey: Operation = {
  name: 'backupKey',
  method: 'POST',
  paths: ['/keys/{name}/backup'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/backup/action',
  scope: 'key',
  audit: 'KeyBackup',
  limit: 'backup',
  latency: 'backupKey',
  async handle(request, state, context) {
    const key = activeKey(request, state, context);
    const value = await sealBackup(key, protectionKey(context.settings.securityDomain));
    return { status: 200, body: { value } };
  },
};
