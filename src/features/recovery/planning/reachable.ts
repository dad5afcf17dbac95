/** Whether the people who are asked could complete a request: said when it is made, not when its time is over. */
import type { Actor } from '../../../core/model/names.ts';
import type { ApproverEntry } from '../../notify/model/channel-entry.ts';
import { type ApprovalRule, type Approver, missingFor } from '../model/policy.ts';

/** Who is asked to approve, where the settings say so. */
export interface Asked {
  readonly approvers?: readonly ApproverEntry[];
}

/**
 * A sentence of warning where too few of the people named in `entries` could approve what `requester` asks for under `rule`;
 * none where enough can, or where nobody is named. A group whose people are not named may have any number of them.
 */
export function warnOfTooFew(
  rule: ApprovalRule,
  requester: Pick<Actor, 'id' | 'name'>,
  entries: readonly ApproverEntry[],
): readonly string[] {
  if (entries.length === 0) return [];
  const named = entries.flatMap(({ group, people }) => (people ?? []).map((person) => ({ group, person })));
  const others = named.filter(({ person }) => !isSame(person, requester));
  const open = entries
    .filter(({ people }) => people === undefined)
    .flatMap(({ group }) =>
      Array.from({ length: rule.approvals }, (_, n) => ({ id: `${n} of ${group}`, groups: [group] })),
    );
  const { missingApprovals, missingGroups } = missingFor([rule], [...approversOf(others), ...open]);
  if (missingApprovals === 0) return [];
  const names = [...new Set(others.map(({ person }) => person.name))];
  const wanted = `${rule.approvals} approval${rule.approvals === 1 ? '' : 's'}${rule.groups.length === 0 ? '' : ` with ${rule.groups.join(' and ')}`}`;
  const who = names.length === 0 ? 'nobody' : names.join(', ');
  const lacking =
    missingGroups.length === 0 ? '' : ` Nobody of ${missingGroups.join(', ')} is left to approve.`;
  return [
    `Warning: too few people are asked to complete this. It needs ${wanted}, and besides the requester WARDEN_NOTIFY_APPROVERS names ${who}.${lacking}`,
  ];
}

type Person = NonNullable<ApproverEntry['people']>[number];

/** One person may be named in several groups. */
function approversOf(
  named: readonly { readonly group: string; readonly person: Person }[],
): readonly Approver[] {
  const groups = new Map<string, string[]>();
  for (const { group, person } of named) {
    const id = (person.id ?? person.mail ?? person.name).toLowerCase();
    groups.set(id, [...(groups.get(id) ?? []), group]);
  }
  return [...groups].map(([id, of]) => ({ id, groups: of }));
}

function isSame({ id, mail }: Person, requester: Pick<Actor, 'id' | 'name'>): boolean {
  if (id !== undefined) return id.toLowerCase() === requester.id.toLowerCase();
  return mail !== undefined && mail.toLowerCase() === requester.name.toLowerCase();
}
