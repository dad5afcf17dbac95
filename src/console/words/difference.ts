/** What changed between the request a person was shown and the request as it stands now. */
import { requestState } from './states.ts';

interface Shown {
  readonly state: string;
  readonly digest: string;
  readonly expiresAt: string;
  readonly approvals: readonly { readonly by: { readonly id: string; readonly name: string } }[];
  readonly missingGroups: readonly string[];
  readonly policy: { readonly approvals: number; readonly groups: readonly string[] };
}

/** One sentence for each change; empty where nothing that is shown changed. */
export function differences(before: Shown, now: Shown): string[] {
  const known = new Set(before.approvals.map(({ by }) => by.id));
  const added = now.approvals
    .filter(({ by }) => !known.has(by.id))
    .map(({ by }) => `${by.name} approved it.`);
  const sentences = [...added];
  if (before.state !== now.state) {
    sentences.push(`It was “${requestState(before.state)[0]}” and is “${requestState(now.state)[0]}” now.`);
  }
  if (before.digest !== now.digest) sentences.push('What will be done is not what was shown: read it again.');
  if (before.expiresAt !== now.expiresAt) sentences.push('It expires at another time.');
  if (before.policy.approvals !== now.policy.approvals) {
    sentences.push(`It needs ${now.policy.approvals} approvals now, and ${before.policy.approvals} before.`);
  }
  return sentences;
}
