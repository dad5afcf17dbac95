// POST /keys/{name}/{version}/wrapkey: wraps a symmetric key.

import { usableKey } from '../crypto/key-use.ts';
import { KeyUseBody, readBody } from '../crypto/key-use-body.ts';
import { wrapValue } from '../crypto/wrap.ts';
import type { Operation } from './operation.ts';

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
    const { alg, value } = readBody(KeyUseBody, request.body);
    const { kid, version } = usableKey('wrapKey', request, state, context);
    const wrapped = wrapValue(version.material, alg, value);
    return { status: 200, body: { alg, kid, value: wrapped.toString('base64url') } };
  },
};
