// POST /keys/{name}/{version}/sign: signs a digest.

import { signDigest } from '../crypto/sign.ts';
import type { Operation } from '../model/operation.ts';
import { parseBody } from './key-request.ts';
import { usableKey } from './key-use.ts';
import { KeyUseBody } from './key-use-body.ts';

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
    const { alg, value } = parseBody(KeyUseBody, request.body);
    const { kid, version } = usableKey('sign', request, state, context);
    const signature = signDigest(version.material, alg, value, context.random);
    return { status: 200, body: { alg, kid, value: signature.toString('base64url') } };
  },
};
