// POST /keys/{name}/{version}/sign: signs a digest.

import { usableKey } from '../crypto/key-use.ts';
import { KeyUseBody, readBody } from '../crypto/key-use-body.ts';
import { signDigest } from '../crypto/sign.ts';
import type { Operation } from './operation.ts';

export const sign: Operation = {
  name: 'sign',
  method: 'POST',
  paths: ['/keys/{name}/sign', '/keys/{name}/{version}/sign'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/sign/action',
  scope: 'key',
  audit: 'KeySign',
  limit: 'none',
  latency: 'sign',
  handle(request, state, context) {
    const { alg, value } = readBody(KeyUseBody, request.body);
    const { kid, version } = usableKey('sign', request, state, context);
    const signature = signDigest(version.material, alg, value, context.random);
    return { status: 200, body: { alg, kid, value: signature.toString('base64url') } };
  },
};
