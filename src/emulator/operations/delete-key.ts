// Delete: `DELETE /keys/{name}` soft-deletes all versions immediately.

import type { Operation } from '../model/operation.ts';
import { deletedKeyBundle } from './key-bundle.ts';
import { activeKey } from './key-lookup.ts';

const SECONDS_A_DAY = 86_400;

export const deleteKey: Operation = {
  name: 'deleteKey',
  method: 'DELETE',
  paths: ['/keys/{name}'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/delete',
  scope: 'key',
  audit: 'KeyDelete',
  limit: 'delete',
  latency: 'deleteKey',
  handle(request, state, context) {
    const key = activeKey(request, state, context);
    const deletedDate = context.now();
    // Exactly so many seconds in 1165 of 1165 recorded answers.
    const scheduledPurgeDate = deletedDate + context.settings.retentionDays * SECONDS_A_DAY;
    const deletion = { deletedDate, scheduledPurgeDate };
    return {
      status: 200,
      body: deletedKeyBundle(key, deletion, context),
      changes: [{ type: 'putKey', key: { ...key, deletion } }],
    };
  },
};
