/** Who is to be reached for a request: on which channels, who in person, and when they are reminded. */
import type { ApproverEntry } from '../model/channel-entry.ts';
import type { Thread } from '../model/incident-state.ts';
import type { NotifyPolicy } from '../model/policy.ts';

type Waiting = NonNullable<Thread['waiting']>;

/** Where a request is made known, and to whom. */
export interface Reach {
  readonly channels: readonly string[];
  /** Mail addresses. */
  readonly people: readonly string[];
}

/** Whom a request reaches that has had `reminders` reminders: each step goes to the next channel of each group asked. */
export function reachFor(approvers: readonly ApproverEntry[], waiting: Waiting): Reach {
  const asked = entriesFor(approvers, waiting.groups);
  // The first reminder goes where the request went.
  const step = Math.max(0, waiting.reminders - 1);
  const channels = asked.map(({ channels: each }) => each[Math.min(step, each.length - 1)]);
  const done = new Set([...waiting.approvers, waiting.requester].map((id) => id?.toLowerCase()));
  const people = asked
    .flatMap(({ people: each = [] }) => each)
    .filter(({ id }) => id === undefined || !done.has(id.toLowerCase()));
  return { channels: unique(channels), people: unique(people.map(({ mail }) => mail)) };
}

/** Whom the outcome of a request reaches: who asked, who approved, and who was asked to. */
export function reachForOutcome(approvers: readonly ApproverEntry[], waiting: Waiting): Reach {
  const asked = entriesFor(approvers, waiting.asked);
  const ids = new Set([...waiting.approvers, waiting.requester].map((id) => id?.toLowerCase()));
  const involved = approvers
    .flatMap(({ people = [] }) => people)
    .filter(({ id }) => id !== undefined && ids.has(id.toLowerCase()));
  const people = [...asked.flatMap(({ people: each = [] }) => each), ...involved];
  return {
    channels: unique(asked.map(({ channels }) => channels[0])),
    people: unique(people.map(({ mail }) => mail)),
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

/** The entries of the groups that are asked; where the policy asks for none, every entry. */
function entriesFor(
  approvers: readonly ApproverEntry[],
  groups: readonly string[],
): readonly ApproverEntry[] {
  return groups.length === 0 ? approvers : approvers.filter(({ group }) => groups.includes(group));
}

function unique(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
