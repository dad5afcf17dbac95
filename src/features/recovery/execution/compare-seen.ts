/** Compares a version with what was seen of it while it was soft-deleted. Pure. */
import type { SeenKey } from '../model/record.ts';

/** What tells one key from another: a difference means that it is another key. */
const IDENTITY = ['version', 'keyType', 'createdAt'] as const;
/** What whoever may update a key can change in the moment after it came back: a difference is reported. */
const CHANGEABLE = ['keyOps', 'enabled', 'exportable', 'notBefore', 'expiresAt', 'updatedAt'] as const;

/** Differences that mean another key, and those that people should know of. */
export function compareSeen(
  seen: SeenKey,
  now: SeenKey,
): { readonly faults: readonly string[]; readonly warnings: readonly string[] } {
  const differs = (member: keyof SeenKey) => JSON.stringify(seen[member]) !== JSON.stringify(now[member]);
  return {
    faults: IDENTITY.filter(differs).map((member) => `version ${seen.version} has another ${member}`),
    warnings: CHANGEABLE.filter(differs).map(
      (member) =>
        `The ${member} of version ${seen.version} was ${show(seen[member])} before and is ${show(now[member])} now.`,
    ),
  };
}

function show(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
