/** One identity for each app, and nothing else on it. */
import type { Expected } from '../expected.ts';
import { APP_NAMES, type Facts } from '../facts.ts';

export function identities({ promise, names }: Facts): readonly Expected[] {
  return APP_NAMES.map((app) => ({
    rule: 'identities',
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
    name: names.identity[app],
    like: { location: promise.location, tags: promise.tags },
  }));
}
