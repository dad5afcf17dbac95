// List deleted keys: `GET /deletedkeys`, in order of creation.

import type { Operation } from '../model/operation.ts';
import type { Deletion, KeyRecord } from '../state/model.ts';
import type { ReadableState } from '../state/pool-state.ts';
import { deletedKeyItem } from './key-bundle.ts';
import { DELETED_PAGE_SIZE, pageBody, pageOf } from './paging.ts';

export const listDeletedKeys: Operation = {
  name: 'getDeletedKeys',
  method: 'GET',
  paths: ['/deletedkeys'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/deletedKeys/read/action',
  scope: 'keys',
  audit: 'KeyListDeleted',
  limit: 'get',
  latency: 'getDeletedKeys',
  handle(request, state, context) {
    const page = pageOf(request, DELETED_PAGE_SIZE);
    const write = ({ key, deletion }: Deleted) => deletedKeyItem(key, deletion, context);
    const body = pageBody(deletedKeys(state), ({ key }) => key.order, write, page, request, context);
    return { status: 200, body };
  },
};

type Deleted = { key: KeyRecord; deletion: Deletion };

function* deletedKeys(state: ReadableState): Generator<Deleted> {
  for (const key of state.keys.values()) if (key.deletion) yield { key, deletion: key.deletion };
}
