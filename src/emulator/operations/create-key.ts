// Create: `POST /keys/{name}/create`; a new version when the name exists.
import { z } from 'zod';
import { materialSpec } from '../crypto/material-spec.ts';
import type { Operation } from '../model/operation.ts';
import { keyName } from './key-lookup.ts';
import {
  Attributes,
  KeyOpsMember,
  newVersionWish,
  parseBody,
  ReleasePolicyMember,
  TagsMember,
} from './key-request.ts';
import { addVersion, checkRoom } from './new-version.ts';

const CreateBody = z.object({
  kty: z.string().optional(),
  key_size: z.int().nullish(),
  crv: z.string().nullish(),
  public_exponent: z.int().nullish(),
  key_ops: KeyOpsMember,
  attributes: Attributes,
  tags: TagsMember,
  release_policy: ReleasePolicyMember,
});

export const createKey: Operation = {
  name: 'createKey',
  method: 'POST',
  paths: ['/keys/{name}/create'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/create',
  scope: 'keys',
  audit: 'KeyCreate',
  limit: 'create',
  latency: 'createKey',
  async handle(request, state, context) {
    const name = keyName(request);
    const body = parseBody(CreateBody, request.body);
    const wish = newVersionWish(body, body.key_ops, context.limited);
    const spec = materialSpec({
      kty: body.kty,
      key_size: body.key_size ?? undefined,
      crv: body.crv ?? undefined,
      public_exponent: body.public_exponent || undefined,
    });
    checkRoom(name, spec.kty, state.key(name), state, context);
    const material = await context.material(spec);
    return addVersion(name, material, wish, state, context);
  },
};
