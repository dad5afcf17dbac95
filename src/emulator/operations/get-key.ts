// Get: `GET /keys/{name}` and `GET /keys/{name}/{version}`. Disabled keys are readable.

import type { Operation } from '../model/operation.ts';
import { keyBundle } from './key-bundle.ts';
import { activeKey, versionOf } from './key-lookup.ts';

export const getKey: Operation = {
  name: 'getKey',
  method: 'GET',
  paths: ['/keys/{name}', '/keys/{name}/{version}'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/read/action',
  scope: 'key',
  audit: 'KeyGet',
  limit: 'get',
  latency: 'getKey',
  handle(request, state, context) {
    const key = activeKey(request, state, context);
    return { status: 200, body: keyBundle(key, versionOf(key, request, context), context) };
  },
};
