/** Whether the people who are asked could complete a request: said when it is made, not when its time is over. */
import type { Actor } from '../../../core/model/names.ts';
import { type AnyChannel, type ApproverEntry, isMail } from '../../notify/model/channel-entry.ts';
import { isSamePerson, mailOf, type NamedPerson } from '../../notify/model/people.ts';
import { type ApprovalRule, type Approver, missingFor } from '../model/policy.ts';

/** Who is asked to approve, where the settings say so, and who hears of the outcome. */
export interface Asked {
  readonly approvers?: readonly ApproverEntry[];
  /** The channels of the settings. */
  readonly channels?: readonly AnyChannel[];
  /** Others than approvers whose address is known. */
  readonly people?: readonly NamedPerson[];
}

/** A sentence of warning where `requester` is a person who will not hear of the outcome, though the settings say who is reached how. */
export function warnOfSilence(
  requester: Pick<Actor, 'id' | 'name' | 'kind'>,
  { approvers = [], channels = [], people = [] }: Asked,
): readonly string[] {
  const isSetUp = channels.length > 0 && approvers.length + people.length > 0;
  if (!isSetUp || requester.kind !== 'person') return [];
  const known = [...approvers.flatMap((entry) => entry.people ?? []), ...people];
  const why = !channels.some(isMail)
    ? 'WARDEN_NOTIFY_CHANNELS has no mail channel'
    : mailOf(known, requester) === undefined
      ? 'neither WARDEN_NOTIFY_PEOPLE nor WARDEN_NOTIFY_APPROVERS has a mail address of theirs'
      : undefined;
  if (why === undefined) return [];
  return [`Warning: ${requester.name} is not reachable and hears of no outcome by mail: ${why}.`];
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
  const others = named.filter(({ person }) => !isSamePerson(person, requester));
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

/** One person may be named in several groups. */
function approversOf(
  named: readonly { readonly group: string; readonly person: NamedPerson }[],
): readonly Approver[] {
  const groups = new Map<string, string[]>();
  for (const { group, person } of named) {
    const id = (person.id ?? person.mail ?? person.name).toLowerCase();
    groups.set(id, [...(groups.get(id) ?? []), group]);
  }
  return [...groups].map(([id, of]) => ({ id, groups: of }));
}
