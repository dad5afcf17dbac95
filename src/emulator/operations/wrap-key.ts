// POST /keys/{name}/{version}/wrapkey: wraps a symmetric key.

import { wrapValue } from '../crypto/wrap.ts';
import type { Operation } from '../model/operation.ts';
import { parseBody } from './key-request.ts';
import { usableKey } from './key-use.ts';
import { KeyUseBody } from './key-use-body.ts';

export const wrapKey: Operation = {
  name: 'wrapKey',
  method: 'POST',
  paths: ['/keys/{name}/wrapkey', '/keys/{name}/{version}/wrapkey'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/wrap/action',
  scope: 'key',
  audit: 'KeyWrap',
  limit: 'none',
  latency: 'encrypt',
  handle(request, state, context) {
    const { alg, value } = parseBody(KeyUseBody, request.body);
    const { kid, version } = usableKey('wrapKey', request, state, context);
    const wrapped = wrapValue(version.material, alg, value);
    return { status: 200, body: { alg, kid, value: wrapped.toString('base64url') } };
  },
};
