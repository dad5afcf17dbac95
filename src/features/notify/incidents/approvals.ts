/** Who is to be reached for a request: on which channels, who in person, and when they are reminded. */
import { type ApproverEntry, isMail } from '../model/channel-entry.ts';
import type { Thread } from '../model/incident-state.ts';
import { isSamePerson, mailOf, type NamedPerson } from '../model/people.ts';
import type { NotifyPolicy } from '../model/policy.ts';

type Waiting = NonNullable<Thread['waiting']>;

/** Where a request is made known, and to whom. */
export interface Reach {
  readonly channels: readonly string[];
  /** Mail addresses. */
  readonly people: readonly string[];
  /** Who is to hear of the outcome and cannot be reached in person, by name. */
  readonly unreached: readonly string[];
}

/** Whom a thread that waits for nobody reaches beyond the filters of the channels. */
export const NOBODY: Reach = { channels: [], people: [], unreached: [] };

/** Whom a request reaches that has had `reminders` reminders: each step goes to the next channel of each group asked. */
export function reachFor(approvers: readonly ApproverEntry[], waiting: Waiting): Reach {
  const asked = entriesFor(approvers, waiting.groups);
  // The first reminder goes where the request went.
  const step = Math.max(0, waiting.reminders - 1);
  const channels = asked.map(({ channels: each }) => each[Math.min(step, each.length - 1)]);
  const done = involvedIn(waiting);
  const people = asked
    .flatMap(({ people: each = [] }) => each)
    .filter((person) => !done.some((actor) => isSamePerson(person, actor)));
  return { ...NOBODY, channels: unique(channels), people: addressesOf(people) };
}

/**
 * Whom the outcome of a request reaches: who asked, who approved, and who was asked to. In person they are reached by mail:
 * on a mail channel of those who were asked, or on the first of the settings.
 */
export function reachForOutcome(
  { approvers, people: others = [], channels }: Pick<NotifyPolicy, 'approvers' | 'people' | 'channels'>,
  waiting: Waiting,
): Reach {
  const asked = entriesFor(approvers, waiting.asked);
  const reached = unique(asked.map(({ channels: each }) => each[0]));
  const mails = channels.filter(isMail);
  const mail = mails.find(({ name }) => reached.includes(name)) ?? mails[0];
  const known = [...approvers.flatMap(({ people = [] }) => people), ...others];
  const involved = involvedIn(waiting).map((actor) => ({
    ...actor,
    address: mail === undefined ? undefined : mailOf(known, actor),
  }));
  const people = unique([
    ...addressesOf(asked.flatMap(({ people: each = [] }) => each)),
    ...involved.map(({ address }) => address),
  ]);
  const isSetUp = approvers.length + others.length > 0;
  return {
    channels: people.length > 0 && mail !== undefined ? unique([...reached, mail.name]) : reached,
    people,
    unreached: isSetUp ? involved.filter(({ address }) => address === undefined).map(({ name }) => name) : [],
  };
}

/** When the next reminder of `waiting` is due; undefined when there is none, or nobody is waited for. */
export function reminderTime(
  { askedAt, reminders, missing }: Waiting,
  policy: Pick<NotifyPolicy, 'remindersMs'>,
) {
  const after = policy.remindersMs[reminders];
  return after === undefined || missing === 0 ? undefined : askedAt + after;
}

/** Who asked, and who has approved. */
function involvedIn({ requester, approvers, names = {} }: Waiting) {
  return unique([requester, ...approvers]).map((id) => ({ id, name: names[id] ?? id }));
}

/** The entries of the groups that are asked; where the policy asks for none, every entry. */
function entriesFor(
  approvers: readonly ApproverEntry[],
  groups: readonly string[],
): readonly ApproverEntry[] {
  return groups.length === 0 ? approvers : approvers.filter(({ group }) => groups.includes(group));
}

function addressesOf(people: readonly NamedPerson[]): string[] {
  return unique(people.map(({ mail }) => mail));
}

function unique(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
