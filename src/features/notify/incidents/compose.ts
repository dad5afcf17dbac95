/** Writes the message about a thread: what is new in it, or how it stands, for one channel. */
import { definedOnly } from '../../../core/defined-only.ts';
import type { Severity } from '../../../core/events/severity.ts';
import type { Family } from '../model/channel-entry.ts';
import type { Member, News, Thread } from '../model/incident-state.ts';
import {
  type Fact,
  type KeyLine,
  LONGEST_TITLE,
  type Message,
  plain,
  referenceOf,
  short,
} from '../model/message.ts';
import { maskedKey } from './read-event.ts';
import { gravest, weightOf } from './severities.ts';

/** Keys that are named in a message about many. */
const NAMED_KEYS = 10;
/** Sentences of what happened in one message. */
const MOST_LINES = 6;
/** Characters of the names of people who are not reached. */
const LONGEST_NAMES = 300;

/** What many of them are called. */
const PLURALS: Readonly<Record<Family, string>> = {
  'deleted-key': 'deleted keys',
  'unprotected-key': 'keys without a backup',
  'overdue-backup': 'overdue backups',
  'damaged-backup': 'damaged backups',
  'brought-back': 'keys brought back unapproved',
  hsm: 'conditions',
  recovery: 'recoveries',
  gate: 'reports of the gate',
  channel: 'channels',
  drill: 'failed drills',
  other: 'events',
};

/** What a message is to say; the members are those that the channel wants to hear of. */
export interface Draft {
  readonly thread: Thread;
  readonly members: ReadonlyMap<string, Member>;
  readonly kind: Message['kind'];
  /** What is new; of a repeat nothing is. */
  readonly news: readonly News[];
  readonly firstAt: number;
  readonly now: number;
  readonly maskKeys: boolean;
  readonly recipients?: readonly string[];
  /** Who is to hear of it and cannot be reached in person. */
  readonly unreached?: readonly string[];
}

/** The message, but for its id. */
export function compose(draft: Draft): Omit<Message, 'id'> {
  const { thread, members, kind, now, firstAt, recipients, unreached = [] } = draft;
  const all = [...members.values()];
  const urgent = [...all].sort(byUrgency);
  const [first] = urgent;
  const severity = severityOf(kind, all);
  const isSingle = all.length <= 1;
  const lines = linesOf(draft);
  const until = first?.saying.until;
  return {
    thread: thread.id,
    reference: referenceOf(thread.id),
    kind,
    severity,
    at: now,
    firstAt,
    title: short(
      isSingle
        ? firstSentence((kind === 'repeat' ? lines[0] : lines.at(-1)) ?? first?.saying.what ?? '')
        : titleOfMany(thread, all),
      LONGEST_TITLE,
    ),
    lines,
    facts: [...(isSingle ? (first?.saying.facts ?? []) : countsOf(all)), ...factOf(unreached)],
    keys: isSingle ? [] : urgent.slice(0, NAMED_KEYS).flatMap((member) => keyLine(member, draft.maskKeys)),
    moreKeys: isSingle ? 0 : Math.max(0, all.length - NAMED_KEYS),
    todo: isSingle ? (first?.saying.todo ?? '') : todoForMany(thread, first),
    turn: first?.saying.turn ?? 'nobody',
    ...definedOnly({ until: first?.state === 'open' ? until : undefined, link: linkOf(first, isSingle) }),
    ...(recipients === undefined || recipients.length === 0 ? {} : { recipients: [...recipients] }),
  };
}

/** Whoever reads it may let them know. */
function factOf(unreached: readonly string[]): Fact[] {
  if (unreached.length === 0) return [];
  return [{ label: 'Not reached by mail', text: short(plain(unreached.join(', ')), LONGEST_NAMES) }];
}

/** Many keys have a page of their own. */
function linkOf(first: Member | undefined, isSingle: boolean): string | undefined {
  const link = first?.saying.link;
  return isSingle ? link : link?.replace(/\/keys\/[^/]+\/[^/]+$/, '/keys');
}

/** What happened without what follows from it. */
function firstSentence(text: string): string {
  return text.replace(/\. .*$/, '.');
}

function howToAcknowledge({ id }: Thread): string {
  return `This is repeated until it is over, or until it is acknowledged: hsm-warden ack ${referenceOf(id)} --reason '…'`;
}

/** The gravest of what is open; of what is over, how its end is weighed. */
export function severityOf(kind: Message['kind'], members: readonly Member[]): Severity {
  const open = members.filter(({ state }) => state === 'open');
  if (kind === 'resolved') return 'notice';
  return gravest((open.length > 0 ? open : members).map(({ severity }) => severity));
}

function linesOf({ thread, members, news, kind }: Draft): string[] {
  const all = [...members.values()];
  if (news.length === 0) {
    const what = all.length === 1 ? all.map(({ saying }) => saying.what) : [`${titleOfMany(thread, all)}.`];
    return kind === 'repeat' ? [...what, howToAcknowledge(thread)] : what;
  }
  const subjects = new Set(news.map(({ subject }) => subject));
  if (all.length > 1 && (subjects.size > 3 || kind === 'resolved')) return [`${titleOfMany(thread, all)}.`];
  const sorted = [...news].sort((a, b) => a.at - b.at).slice(-MOST_LINES);
  return sorted.map(({ what }) => what);
}

function titleOfMany({ family, hsm }: Thread, members: readonly Member[]): string {
  const open = members.filter(({ state }) => state === 'open').length;
  const on = hsm === undefined ? '' : ` on HSM ${hsm}`;
  if (open === 0) return `All ${count(members.length)} ${PLURALS[family]}${on} are dealt with`;
  const rest = members.length - open;
  return `${count(open)} ${PLURALS[family]}${on}${rest === 0 ? '' : `, ${count(rest)} more dealt with`}`;
}

function countsOf(members: readonly Member[]): Fact[] {
  const open = members.filter(({ state }) => state === 'open');
  const counts = new Map<Severity, number>();
  for (const { severity } of open) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  const text = [...counts]
    .sort(([a], [b]) => weightOf(b) - weightOf(a))
    .map(([severity, number]) => `${count(number)} ${severity}`)
    .join(', ');
  const ends = open.flatMap(({ saying }) => (saying.until === undefined ? [] : [saying.until]));
  return [
    ...(text === '' ? [] : [{ label: 'Open', text }]),
    ...(ends.length === 0 ? [] : [{ label: 'First purge', at: ends.reduce((a, b) => Math.min(a, b)) }]),
  ];
}

function keyLine({ key, severity, state, saying }: Member, maskKeys: boolean): KeyLine[] {
  if (key === undefined) return [];
  const shown = maskKeys ? maskedKey(key) : key;
  const line = { key: shown, severity, state: state === 'open' ? ('open' as const) : ('resolved' as const) };
  return [{ ...line, ...definedOnly({ until: saying.until }) }];
}

function todoForMany({ hsm }: Thread, first: Member | undefined): string {
  if (first?.state !== 'open') return 'Nothing is left to do.';
  return hsm === undefined ? first.saying.todo : `Look at them: hsm-warden watch --hsm ${hsm}`;
}

function byUrgency(a: Member, b: Member): number {
  const open = Number(b.state === 'open') - Number(a.state === 'open');
  if (open !== 0) return open;
  const weight = weightOf(b.severity) - weightOf(a.severity);
  if (weight !== 0) return weight;
  return (a.saying.until ?? Number.POSITIVE_INFINITY) - (b.saying.until ?? Number.POSITIVE_INFINITY) || 0;
}

/** `1,000` */
function count(number: number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
