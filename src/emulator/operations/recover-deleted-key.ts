// Recover: `POST /deletedkeys/{name}/recover`; the key is usable immediately and its attributes are as they were.

import type { Operation } from '../model/operation.ts';
import { keyBundle, newestVersion } from './key-bundle.ts';
import { deletedKey } from './key-lookup.ts';

export const recoverDeletedKey: Operation = {
  name: 'recoverDeletedKey',
  method: 'POST',
  paths: ['/deletedkeys/{name}/recover'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/deletedKeys/recover/action',
  scope: 'key',
  audit: 'KeyRecover',
  limit: 'none',
  latency: 'recoverDeletedKey',
  handle(request, state, context) {
    const { key: deleted } = deletedKey(request, state, context);
    const { deletion: _, ...key } = deleted;
    return {
      status: 200,
      body: keyBundle(key, newestVersion(key), context),
      changes: [{ type: 'putKey', key }],
    };
  },
};
