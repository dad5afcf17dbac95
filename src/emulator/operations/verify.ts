// POST /keys/{name}/{version}/verify: whether a signature belongs to a digest.

import { verifyDigest } from '../crypto/sign.ts';
import type { Operation } from '../model/operation.ts';
import { parseBody } from './key-request.ts';
import { usableKey } from './key-use.ts';
import { VerifyBody } from './key-use-body.ts';

export const verify: Operation = {
  name: 'verify',
  method: 'POST',
  paths: ['/keys/{name}/verify', '/keys/{name}/{version}/verify'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/verify/action',
  scope: 'key',
  audit: 'KeyVerify',
  limit: 'none',
  latency: 'sign',
  handle(request, state, context) {
    const { alg, digest, value } = parseBody(VerifyBody, request.body);
    const { kid, version } = usableKey('verify', request, state, context);
    return { status: 200, body: { alg, kid, value: verifyDigest(version.material, alg, digest, value) } };
  },
};
