/** Takes in what happened: into the thread of its incident, in the right order, each event once. */
import { definedOnly } from '../../../core/defined-only.ts';
import { eventIdOf } from '../../../core/events/cloud-event.ts';
import type { Family } from '../model/channel-entry.ts';
import type { IncidentState, Member, Thread } from '../model/incident-state.ts';
import type { Occurrence } from '../model/occurrence.ts';
import { gravest, weightOf } from './severities.ts';
import { dueTime, isGraver, isJoinable } from './timing.ts';

/** Deliveries of an event are repeated within days at most, and of the last few events of a subject. */
const IDS_KEPT = 12;
/** News that is kept word by word until the next message; of more it is said how much. */
const NEWS_KEPT = 20;
/** In a thread with more members only the first ones keep their facts: a message about many shows none. */
const DETAILED_MEMBERS = 20;

/** Families whose subjects are keys of an HSM: what happens to several of them together is one incident. */
const OF_KEYS: ReadonlySet<Family> = new Set([
  'deleted-key',
  'unprotected-key',
  'overdue-backup',
  'damaged-backup',
  'brought-back',
]);

/** `state` after `occurrence`, seen at `now`; the very same object when it changes nothing. */
export function ingest(state: IncidentState, occurrence: Occurrence, now: number): IncidentState {
  const subject = occurrence.subject.toLowerCase();
  const own = threadsOf(state, occurrence.family, subject);
  if (own.some((thread) => thread.members[subject]?.ids.includes(occurrence.id))) return state;
  const open = own.find(({ closedAt }) => closedAt === undefined);
  if (open !== undefined) return withThread(state, change(open, subject, occurrence, now));
  const latest = own.at(-1);
  const last = latest?.members[subject];
  // An event from before the end of the incident, which was overtaken by it.
  if (last !== undefined && !isAfter(occurrence, last)) return state;
  // The end of what had gone quiet is said where its beginning was.
  if (latest !== undefined && last?.state === 'open' && occurrence.effect !== 'open')
    return withThread(state, change(latest, subject, occurrence, now));
  if (occurrence.effect === 'resolve' && occurrence.family !== 'recovery') {
    const key = earlyKey(occurrence.family, subject);
    return { ...state, early: { ...state.early, [key]: Math.max(occurrence.at, state.early[key] ?? 0) } };
  }
  return begin(state, subject, occurrence, now);
}

/** `state` with every member of `family` resolved that is open since before `at`, and meets `isMeant`. */
export function resolveAll(
  state: IncidentState,
  family: Family,
  at: number,
  now: number,
  isMeant: (subject: string, member: Member) => boolean,
  what: (subject: string, member: Member) => string,
): IncidentState {
  let next = state;
  for (const thread of Object.values(state.threads)) {
    if (thread.family !== family || thread.closedAt !== undefined) continue;
    for (const [subject, member] of Object.entries(thread.members)) {
      if (member.state !== 'open' || member.at >= at || !isMeant(subject, member)) continue;
      next = ingest(
        next,
        {
          ...member.saying,
          ...definedOnly({ key: member.key, hsm: thread.hsm }),
          id: eventIdOf(`resolved ${thread.id} ${subject} ${member.at}`),
          at,
          family,
          subject,
          severity: 'notice',
          effect: 'resolve',
          lasting: false,
          rank: 0,
          what: what(subject, member),
          todo: 'Nothing is left to do.',
          turn: 'nobody',
        },
        now,
      );
    }
  }
  return next;
}

/** The threads that know the subject, in the order in which they were opened. */
function threadsOf({ threads }: IncidentState, family: Family, subject: string): readonly Thread[] {
  return Object.values(threads)
    .filter((thread) => thread.family === family && Object.hasOwn(thread.members, subject))
    .sort((a, b) => a.openedAt - b.openedAt);
}

function begin(state: IncidentState, subject: string, occurrence: Occurrence, now: number): IncidentState {
  const key = earlyKey(occurrence.family, subject);
  const endedAt = state.early[key];
  const joined = isOfKey(occurrence)
    ? Object.values(state.threads).find((thread) => takes(thread, occurrence, now))
    : undefined;
  const thread = change(joined ?? newThread(state.scope, occurrence, now), subject, occurrence, now);
  if (endedAt === undefined || endedAt < occurrence.at) return withThread(state, thread);
  // It was over before it was heard of.
  const { [key]: _, ...early } = state.early;
  const over: Occurrence = {
    ...occurrence,
    id: eventIdOf(`over ${occurrence.id}`),
    at: endedAt,
    rank: occurrence.rank + 1,
    effect: 'resolve',
    lasting: false,
    severity: 'notice',
    what: 'That is over already.',
    todo: 'Nothing is left to do.',
    turn: 'nobody',
  };
  return withThread({ ...state, early }, change(thread, subject, over, now));
}

/** Some reports of drills are about keys, and the others about the drills. */
function isOfKey({ family, key }: Pick<Occurrence, 'family' | 'key'>): boolean {
  return family === 'drill' ? key !== undefined : OF_KEYS.has(family);
}

function takes(thread: Thread, { family, severity, hsm }: Occurrence, now: number): boolean {
  if (thread.family !== family || thread.hsm !== hsm || !isJoinable(thread, now)) return false;
  if (!Object.values(thread.members).every(({ key }) => isOfKey({ family, ...definedOnly({ key }) })))
    return false;
  // Something graver than what people were called for calls them again.
  return thread.lastMessageAt === undefined || !isGraver(severity, thread);
}

function newThread(scope: string, { id, family, hsm }: Occurrence, now: number): Thread {
  return {
    id: eventIdOf(`thread ${scope} ${family} ${id}`).slice(0, 16),
    family,
    ...definedOnly({ hsm }),
    openedAt: now,
    members: {},
    news: [],
    newsBefore: 0,
    sent: {},
    messages: 0,
    repeats: 0,
  };
}

function change(thread: Thread, subject: string, occurrence: Occurrence, now: number): Thread {
  const before = thread.members[subject];
  const isLatest = before === undefined || isAfter(occurrence, before);
  const ids = [...(before?.ids ?? []), occurrence.id].slice(-IDS_KEPT);
  const member: Member = isLatest
    ? memberOf(occurrence, ids, Object.keys(thread.members).length)
    : { ...before, ids };
  const members = { ...thread.members, [subject]: member };
  const { at, what, severity } = occurrence;
  const news = [...thread.news, { subject, at, what, severity }];
  const changed: Thread = {
    ...thread,
    members,
    news: news.slice(0, NEWS_KEPT),
    newsBefore: thread.newsBefore + Math.max(0, news.length - NEWS_KEPT),
    newsSince: thread.newsSince ?? now,
    ...waitingOf(thread, occurrence, isLatest, now),
  };
  const all = Object.values(members);
  const isOver = all.every(({ state }) => state !== 'open');
  const urgent =
    isOver || isGraver(gravest(all.map((one) => one.severity)), thread) || thread.family === 'recovery';
  const { repeatAt, acknowledgedAt, ...rest } = changed;
  // What grows worse is not what somebody acknowledged.
  const worse = isWorse(before, occurrence);
  const kept = worse ? { worseAt: now } : definedOnly({ acknowledgedAt });
  return {
    ...rest,
    ...kept,
    ...(isOver || repeatAt === undefined ? {} : { repeatAt }),
    dueAt: dueTime(changed, now, urgent),
    ...(isOver ? { closedAt: now } : {}),
  };
}

function isWorse(before: Member | undefined, { severity, effect, until }: Occurrence): boolean {
  if (effect !== 'open') return false;
  if (before === undefined || weightOf(severity) > weightOf(before.severity)) return true;
  // What had time left has none any more: a deleted key was purged.
  return before.state === 'open' && before.saying.until !== undefined && until === undefined;
}

function memberOf(
  { effect, lasting, severity, at, rank, key, what, todo, turn, facts, until, link }: Occurrence,
  ids: string[],
  others: number,
): Member {
  const state = effect === 'open' || lasting ? 'open' : effect === 'resolve' ? 'resolved' : 'ended';
  const kept = others < DETAILED_MEMBERS ? facts : [];
  return {
    state,
    severity,
    lasting,
    at,
    rank,
    ids,
    ...definedOnly({ key }),
    saying: { what, todo, turn, facts: kept, ...definedOnly({ until, link }) },
  };
}

function waitingOf(thread: Thread, { approval, effect }: Occurrence, isLatest: boolean, now: number) {
  if (approval === undefined || !isLatest) return {};
  const before = thread.waiting;
  const asked = [...new Set([...(before?.asked ?? []), ...approval.groups])];
  const missing = effect === 'open' ? approval.missing : 0;
  const waiting = {
    ...approval,
    missing,
    asked,
    askedAt: before?.askedAt ?? now,
    reminders: before?.reminders ?? 0,
  };
  return { waiting };
}

function isAfter(
  a: { readonly at: number; readonly rank: number },
  b: { readonly at: number; readonly rank: number },
): boolean {
  return a.at > b.at || (a.at === b.at && a.rank >= b.rank);
}

function withThread(state: IncidentState, thread: Thread): IncidentState {
  return { ...state, threads: { ...state.threads, [thread.id]: thread } };
}

function earlyKey(family: Family, subject: string): string {
  return `${family} ${subject}`;
}
