// Update: `PATCH /keys/{name}` or `/keys/{name}/{version}`. What is left out stays; tags and key_ops are replaced.
import { z } from 'zod';
import { serviceErrors, unproven } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import type { KeyVersion } from '../state/model.ts';
import { keyBundle } from './key-bundle.ts';
import { activeKey, versionOf } from './key-lookup.ts';
import {
  Attributes,
  checkExportable,
  checkTimes,
  givenAttributes,
  givenKeyOps,
  givenReleasePolicy,
  givenTags,
  KeyOpsMember,
  parseBody,
  ReleasePolicyMember,
  TagsMember,
} from './key-request.ts';

const UpdateBody = z.object({
  key_ops: KeyOpsMember,
  attributes: Attributes,
  tags: TagsMember,
  release_policy: ReleasePolicyMember,
});

export const updateKey: Operation = {
  name: 'updateKey',
  method: 'PATCH',
  paths: ['/keys/{name}', '/keys/{name}/{version}'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/write/action',
  scope: 'key',
  audit: 'KeyUpdate',
  limit: 'none',
  latency: 'updateKey',
  handle(request, state, context) {
    const key = activeKey(request, state, context);
    const before = versionOf(key, request, context);
    const after = updated(before, parseBody(UpdateBody, request.body), context);
    const versions = key.versions.map((version) => (version === before ? after : version));
    const changed = { ...key, versions };
    return {
      status: 200,
      body: keyBundle(changed, after, context),
      changes: [{ type: 'putKey', key: changed }],
    };
  },
};

function updated(
  before: KeyVersion,
  body: z.infer<typeof UpdateBody>,
  { limited, now }: { limited: boolean; now(): number },
): KeyVersion {
  // Recorded: any release policy sent for an immutable one is refused, the very same included.
  if (body.release_policy && before.releasePolicy?.immutable) throw serviceErrors.policyImmutable();
  const policy = givenReleasePolicy(body.release_policy) ?? before.releasePolicy;
  const { tags: oldTags, releasePolicy: _, ...rest } = before;
  const keyOps = givenKeyOps(body.key_ops);
  const tags = body.tags == null ? oldTags : givenTags(body.tags, limited);
  const after = {
    ...rest,
    ...givenAttributes(body.attributes),
    ...(keyOps && { keyOps }),
    ...(tags && { tags }),
    ...(policy && { releasePolicy: policy }),
    updated: now(),
  };
  checkTimes(after);
  if (after.exportable !== before.exportable) throw unproven('exportableFixed');
  checkExportable(after.exportable, policy);
  return after;
}
