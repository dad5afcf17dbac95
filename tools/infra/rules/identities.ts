/** One identity for each app, and nothing else on it. */
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';

export function identities({ promise, names, apps }: Facts): readonly Expected[] {
  return apps.map((app) => ({
    rule: 'identities',
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
    name: names.identity[app],
    like: { location: promise.location, tags: promise.tags },
  }));
}
