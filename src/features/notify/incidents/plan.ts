/** Plans the messages that are due: news, repeats and reminders, for each channel that wants them. */
import type { AnyChannel } from '../model/channel-entry.ts';
import { isAboutChannel } from '../model/events.ts';
import type { IncidentState, Member, Outgoing, Thread } from '../model/incident-state.ts';
import { type Message, messageId } from '../model/message.ts';
import type { NotifyPolicy } from '../model/policy.ts';
import { NOBODY, type Reach, reachFor, reachForOutcome, reminderTime } from './approvals.ts';
import { type Audience, audiencesOf } from './audiences.ts';
import { compose, severityOf } from './compose.ts';
import { concerns, isGraveEnough } from './route.ts';
import { gravest } from './severities.ts';
import { repeatTime } from './timing.ts';

type Occasion = 'news' | 'repeat' | 'reminder';

/** `state` with every message that is due at `now` in its outbox. The very same object when there is none. */
export function plan(state: IncidentState, policy: NotifyPolicy, now: number): IncidentState {
  let next = state;
  for (const thread of Object.values(state.threads)) {
    const occasion = occasionOf(thread, policy, now);
    if (occasion !== undefined) next = send(next, thread, occasion, policy, now);
  }
  return next;
}

/** When something of `state` is due next, epoch milliseconds; undefined when nothing is. */
export function nextDue(state: IncidentState, policy: NotifyPolicy): number | undefined {
  return Object.values(state.threads)
    .flatMap((thread) => nextOf(thread, policy)?.at ?? [])
    .reduce<number | undefined>((a, b) => (a === undefined ? b : Math.min(a, b)), undefined);
}

function occasionOf(thread: Thread, policy: NotifyPolicy, now: number): Occasion | undefined {
  const next = nextOf(thread, policy);
  return next !== undefined && next.at <= now ? next.occasion : undefined;
}

/** What is due next in a thread, and when: news before anything else. */
function nextOf(
  { dueAt, closedAt, waiting, repeatAt, acknowledgedAt }: Thread,
  policy: NotifyPolicy,
): { readonly occasion: Occasion; readonly at: number } | undefined {
  if (dueAt !== undefined) return { occasion: 'news', at: dueAt };
  if (closedAt !== undefined) return undefined;
  const remindAt = waiting === undefined ? undefined : reminderTime(waiting, policy);
  const againAt = acknowledgedAt === undefined ? repeatAt : undefined;
  if (remindAt !== undefined && remindAt <= (againAt ?? remindAt))
    return { occasion: 'reminder', at: remindAt };
  return againAt === undefined ? undefined : { occasion: 'repeat', at: againAt };
}

function send(
  state: IncidentState,
  given: Thread,
  occasion: Occasion,
  policy: NotifyPolicy,
  now: number,
): IncidentState {
  const thread = occasion === 'reminder' ? reminded(given) : given;
  const reach = reachOf(thread, policy);
  const drafts = policy.channels.flatMap((channel) =>
    audiencesOf(channel, reach).flatMap((audience) =>
      draftFor({ channel, audience, thread, occasion, unreached: reach.unreached, policy, now }),
    ),
  );
  const numbers = { ...state.numbers };
  const outgoing = drafts.map(({ channel, message }): Outgoing => {
    const n = (numbers[channel] ?? 0) + 1;
    numbers[channel] = n;
    return { channel, n, message: { id: messageId(state.scope, message, channel, n), ...message } };
  });
  const after = afterSending(thread, drafts, occasion, policy, now);
  return {
    ...state,
    numbers,
    threads: { ...state.threads, [thread.id]: after },
    outbox: [...state.outbox, ...outgoing],
  };
}

function reminded(thread: Thread): Thread {
  const { waiting } = thread;
  return waiting === undefined
    ? thread
    : { ...thread, waiting: { ...waiting, reminders: waiting.reminders + 1 } };
}

/** Whom a request is made known to beyond the filters of the channels. */
function reachOf({ waiting }: Thread, policy: NotifyPolicy): Reach {
  if (waiting === undefined) return NOBODY;
  return waiting.missing > 0 ? reachFor(policy.approvers, waiting) : reachForOutcome(policy, waiting);
}

interface Planned {
  readonly channel: string;
  /** Of the audience. */
  readonly key: string;
  readonly message: Omit<Message, 'id'>;
}

interface Occasioned {
  readonly channel: AnyChannel;
  readonly audience: Audience;
  readonly thread: Thread;
  readonly occasion: Occasion;
  readonly unreached: readonly string[];
  readonly policy: NotifyPolicy;
  readonly now: number;
}

function draftFor(about: Occasioned): Planned[] {
  const { channel, audience, thread, occasion, unreached, policy, now } = about;
  const { name } = channel;
  const { key, isReached, recipients } = audience;
  const sent = thread.sent[key];
  // Nobody hears of a broken channel through that channel.
  if (thread.family === 'channel' && isAboutChannel(thread.members, name)) return [];
  if (occasion === 'reminder' && !isReached) return [];
  if (occasion === 'repeat' && sent === undefined) return [];
  const members = wanted(channel, thread, isReached || sent !== undefined);
  if (members.size === 0) return [];
  const news = occasion === 'news' ? thread.news.filter(({ subject }) => members.has(subject)) : [];
  if (occasion === 'news' && news.length === 0 && thread.newsBefore === 0) return [];
  const all = [...members.values()];
  const isOver = all.every(({ state }) => state !== 'open');
  const kind = kindOf(occasion, sent !== undefined, isOver, all);
  const grave = gravest([severityOf(kind, all), ...news.map(({ severity }) => severity)]);
  if (!isReached && kind === 'update' && !isGraveEnough(channel, grave)) return [];
  const firstAt = sent?.first ?? now;
  const { maskKeys } = policy;
  const draft = { thread, members, kind, news, firstAt, now, maskKeys, recipients, unreached };
  return [{ channel: name, key, message: compose(draft) }];
}

/** The members that the channel wants to hear of; where it has heard of the thread, those that matter less by now, too. */
function wanted(channel: AnyChannel, thread: Thread, isKnown: boolean): ReadonlyMap<string, Member> {
  const concerned = Object.entries(thread.members).filter(([, member]) => concerns(channel, thread, member));
  if (isKnown)
    return new Map(
      concerned.length > 0 || thread.family !== 'recovery' ? concerned : Object.entries(thread.members),
    );
  const gravestNews = (subject: string) =>
    gravest(thread.news.filter((one) => one.subject === subject).map(({ severity }) => severity));
  return new Map(
    concerned.filter(
      ([subject, { severity }]) =>
        isGraveEnough(channel, severity) || isGraveEnough(channel, gravestNews(subject)),
    ),
  );
}

function kindOf(
  occasion: Occasion,
  isKnown: boolean,
  isOver: boolean,
  members: readonly Member[],
): Message['kind'] {
  if (occasion !== 'news') return occasion;
  if (isOver && members.some(({ state }) => state === 'resolved')) return 'resolved';
  return isKnown ? 'update' : 'new';
}

function afterSending(
  thread: Thread,
  drafts: readonly Planned[],
  occasion: Occasion,
  { repeatHours }: NotifyPolicy,
  now: number,
): Thread {
  const sent = { ...thread.sent };
  for (const { key } of drafts) {
    const before = sent[key];
    sent[key] = { first: before?.first ?? now, last: now, count: (before?.count ?? 0) + 1 };
  }
  const lasting = Object.values(thread.members).filter((member) => member.state === 'open' && member.lasting);
  const repeats = occasion === 'repeat' ? thread.repeats + 1 : thread.repeats;
  const { dueAt: _due, newsSince: _since, repeatAt: planned, ...rest } = thread;
  const severity = gravest(lasting.map((member) => member.severity));
  const repeatAt =
    lasting.length === 0
      ? undefined
      : occasion === 'reminder'
        ? planned
        : repeatTime(severity, repeats, repeatHours, now);
  const told = gravest([
    ...(thread.told === undefined ? [] : [thread.told]),
    ...drafts.map(({ message }) => message.severity),
  ]);
  return {
    ...rest,
    ...(occasion === 'news' ? { news: [], newsBefore: 0 } : {}),
    sent,
    repeats,
    messages: thread.messages + 1,
    lastMessageAt: now,
    told,
    ...(repeatAt === undefined ? {} : { repeatAt }),
  };
}
