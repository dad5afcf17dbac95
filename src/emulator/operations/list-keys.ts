// List keys: `GET /keys`, active keys in order of creation.

import type { Operation } from '../model/operation.ts';
import type { KeyRecord } from '../state/model.ts';
import type { ReadableState } from '../state/pool-state.ts';
import { keyItem } from './key-bundle.ts';
import { pageBody, pageOf } from './paging.ts';

export const listKeys: Operation = {
  name: 'getKeys',
  method: 'GET',
  paths: ['/keys'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/read/action',
  scope: 'keys',
  audit: 'KeyList',
  limit: 'get',
  latency: 'getKeys',
  handle(request, state, context) {
    const write = (key: KeyRecord) => keyItem(key, context);
    const body = pageBody(activeKeys(state), (key) => key.order, write, pageOf(request), request, context);
    return { status: 200, body };
  },
};

function* activeKeys(state: ReadableState): Generator<KeyRecord> {
  for (const key of state.keys.values()) if (!key.deletion) yield key;
}
