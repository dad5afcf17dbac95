// Import: `PUT /keys/{name}` with a private JSON Web Key.
import { z } from 'zod';
import { importMaterial } from '../crypto/import-material.ts';
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
import { addVersion } from './new-version.ts';

const ImportBody = z.object({
  // `Hsm` is ignored: the service imports into the HSM with and without it.
  key: z.looseObject({ key_ops: KeyOpsMember }).default({}),
  attributes: Attributes,
  tags: TagsMember,
  release_policy: ReleasePolicyMember,
});

export const importKey: Operation = {
  name: 'importKey',
  method: 'PUT',
  paths: ['/keys/{name}'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/import/action',
  scope: 'keys',
  audit: 'KeyImport',
  limit: 'create',
  latency: 'importKey',
  handle(request, state, context) {
    const name = keyName(request);
    const body = parseBody(ImportBody, request.body);
    const wish = newVersionWish(body, body.key.key_ops, context.limited);
    const material = importMaterial(body.key);
    return addVersion(name, material, wish, state, context);
  },
};
