// POST /keys/{name}/{version}/unwrapkey: unwraps a symmetric key.

import { unwrapValue } from '../crypto/wrap.ts';
import type { Operation } from '../model/operation.ts';
import { parseBody } from './key-request.ts';
import { usableKey } from './key-use.ts';
import { KeyUseBody } from './key-use-body.ts';

export const unwrapKey: Operation = {
  name: 'unwrapKey',
  method: 'POST',
  paths: ['/keys/{name}/unwrapkey', '/keys/{name}/{version}/unwrapkey'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/unwrap/action',
  scope: 'key',
  audit: 'KeyUnwrap',
  limit: 'none',
  latency: 'unwrapkey',
  handle(request, state, context) {
    const { alg, value } = parseBody(KeyUseBody, request.body);
    const { kid, version } = usableKey('unwrapKey', request, state, context);
    const unwrapped = unwrapValue(version.material, alg, value);
    return { status: 200, body: { alg, kid, value: unwrapped.toString('base64url') } };
  },
};
