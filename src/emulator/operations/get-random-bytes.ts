// Random bytes: `POST /rng`.
import { z } from 'zod';
import { serviceErrors } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import { parseBody } from './key-request.ts';

const RandomBody = z.object({ count: z.int().optional() });
/** Recorded in the text of the refusal. */
const MAX_COUNT = 128;

export const getRandomBytes: Operation = {
  name: 'getRandomBytes',
  method: 'POST',
  paths: ['/rng'],
  dataAction: 'Microsoft.KeyVault/managedHsm/rng/action',
  scope: 'root',
  audit: 'RandomBytesGet',
  limit: 'none',
  latency: 'encrypt',
  handle(request, _state, context) {
    const { count = 0 } = parseBody(RandomBody, request.body);
    if (count < 1 || count > MAX_COUNT) throw serviceErrors.badRandomCount();
    return { status: 200, body: { value: context.random(count).toString('base64url') } };
  },
};
