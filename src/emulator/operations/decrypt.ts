// POST /keys/{name}/{version}/decrypt: decrypts a value.
import { decryptValue } from '../crypto/encrypt.ts';
import type { Operation } from '../model/operation.ts';
import { parseBody } from './key-request.ts';
import { usableKey } from './key-use.ts';
import { KeyUseBody } from './key-use-body.ts';

export const decrypt: Operation = {
  name: 'decrypt',
  method: 'POST',
  paths: ['/keys/{name}/decrypt', '/keys/{name}/{version}/decrypt'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/decrypt/action',
  scope: 'key',
  audit: 'KeyDecrypt',
  limit: 'none',
  latency: 'decrypt',
  handle(request, state, context) {
    const { alg, ...input } = parseBody(KeyUseBody, request.body);
    const { kid, version } = usableKey('decrypt', request, state, context);
    const value = decryptValue(version.material, alg, input);
    return { status: 200, body: { alg, kid, value: value.toString('base64url') } };
  },
};
