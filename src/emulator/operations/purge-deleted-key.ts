// Purge: `DELETE /deletedkeys/{name}`; the name is free immediately.
import { unproven } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import { deletedKey } from './key-lookup.ts';

export const purgeDeletedKey: Operation = {
  name: 'purgeDeletedKey',
  method: 'DELETE',
  paths: ['/deletedkeys/{name}'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/deletedKeys/delete',
  scope: 'key',
  audit: 'KeyPurge',
  limit: 'purge',
  latency: 'purgeDeletedKey',
  handle(request, state, context) {
    const { key } = deletedKey(request, state, context);
    if (context.settings.purgeProtection) throw unproven('purgeProtected');
    return { status: 204, changes: [{ type: 'dropKey', name: key.name }] };
  },
};
