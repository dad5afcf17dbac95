// List versions: `GET /keys/{name}/versions`, oldest first; an unknown key has an empty list, not an error.

import type { Operation } from '../model/operation.ts';
import { versionItem } from './key-bundle.ts';
import { keyName } from './key-lookup.ts';
import { pageBody, pageOf } from './paging.ts';

export const listKeyVersions: Operation = {
  name: 'getKeyVersions',
  method: 'GET',
  paths: ['/keys/{name}/versions'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/read/action',
  scope: 'key',
  audit: 'KeyListVersions',
  limit: 'get',
  latency: 'getKeyVersions',
  handle(request, state, context) {
    const page = pageOf(request);
    const key = state.key(keyName(request));
    if (!key || key.deletion) return { status: 200, body: { value: [] } };
    const numbered = key.versions.map((version, index) => ({ version, index }));
    const body = pageBody(
      numbered,
      ({ index }) => index,
      ({ version }) => versionItem(key, version, context),
      page,
      request,
      context,
    );
    return { status: 200, body };
  },
};
