// Restore: `POST /keys/restore`; ids, times, attributes and material of all versions are those of the backup.
import { z } from 'zod';
import { backupKey, openBackup } from '../backup/blob.ts';
import { serviceErrors, unproven } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import { keyBundle, newestVersion } from './key-bundle.ts';
import { parseBody } from './key-request.ts';
import { checkRoom } from './new-version.ts';

const RestoreBody = z.object({ value: z.string().optional() });

export const restoreKey: Operation = {
  name: 'restoreKey',
  method: 'POST',
  paths: ['/keys/restore'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/restore/action',
  scope: 'keys',
  audit: 'KeyRestore',
  limit: 'restore',
  latency: 'restoreKey',
  async handle(request, state, context) {
    const { value } = parseBody(RestoreBody, request.body);
    if (value === undefined) throw serviceErrors.malformedBackup();
    const restored = await openBackup(value, backupKey(context.settings.securityDomain));
    const { name } = restored;
    const existing = state.key(name);
    if (existing) throw unproven(existing.deletion ? 'restoreOntoDeleted' : 'restoreOntoActive', { name });
    checkRoom(name, newestVersion(restored).material.kty, undefined, state, context);
    const key = { ...restored, order: state.nextOrder };
    return {
      status: 200,
      body: keyBundle(key, newestVersion(key), context),
      changes: [{ type: 'putKey', key }],
    };
  },
};
