// POST /keys/{name}/{version}/encrypt: encrypts a value.
import { encryptValue } from '../crypto/encrypt.ts';
import type { Operation } from '../model/operation.ts';
import { parseBody } from './key-request.ts';
import { usableKey } from './key-use.ts';
import { KeyUseBody } from './key-use-body.ts';

export const encrypt: Operation = {
  name: 'encrypt',
  method: 'POST',
  paths: ['/keys/{name}/encrypt', '/keys/{name}/{version}/encrypt'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/encrypt/action',
  scope: 'key',
  audit: 'KeyEncrypt',
  limit: 'none',
  latency: 'encrypt',
  handle(request, state, context) {
    const { alg, ...input } = parseBody(KeyUseBody, request.body);
    const { kid, version } = usableKey('encrypt', request, state, context);
    const encrypted = encryptValue(version.material, alg, input, context.random);
    const parts = Object.entries(encrypted).map(([name, bytes]) => [name, bytes.toString('base64url')]);
    return { status: 200, body: { alg, kid, ...Object.fromEntries(parts) } };
  },
};
