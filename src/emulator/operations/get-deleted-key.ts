// Get a deleted key: `GET /deletedkeys/{name}`.
import { deletedKeyBundle } from './key-bundle.ts';
import { deletedKey } from './key-lookup.ts';
import type { Operation } from './operation.ts';

export const getDeletedKey: Operation = {
  name: 'getDeletedKey',
  method: 'GET',
  paths: ['/deletedkeys/{name}'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/deletedKeys/read/action',
  scope: 'key',
  audit: 'KeyGetDeleted',
  limit: 'get',
  latency: 'getDeletedKey',
  handle(request, state, context) {
    const { key, deletion } = deletedKey(request, state, context);
    return { status: 200, body: deletedKeyBundle(key, deletion, context) };
  },
};
