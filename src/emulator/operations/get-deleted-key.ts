// Get a deleted key: `GET /deletedkeys/{name}`.

import type { Operation } from '../model/operation.ts';
import { deletedKeyBundle } from './key-bundle.ts';
import { deletedKey } from './key-lookup.ts';

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
