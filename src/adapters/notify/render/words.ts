/** Words that every channel uses. */
import type { Fact, KeyLine, Message } from '../../../features/notify/model/message.ts';

/** What the message is in its thread, for the line above it. */
const KINDS: Readonly<Record<Message['kind'], string>> = {
  new: 'New',
  update: 'Update',
  repeat: 'Still open',
  reminder: 'Reminder',
  resolved: 'Resolved',
  test: 'Test',
};

/** `Update · high · HW-3F2A91`; a message that is not the first names when the first was sent. */
export function headline({ kind, severity, reference }: Message): string {
  return `${KINDS[kind]} · ${severity} · ${reference}`;
}

/** Whether the message belongs to one that people have seen before. */
export function isFollowUp({ kind }: Message): boolean {
  return kind !== 'new' && kind !== 'test';
}

/** `2026-12-01 12:00 UTC` */
export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A fact's value, with moments as `when` writes them. */
export function factText(fact: Fact, when: (at: number) => string): string {
  return 'at' in fact ? when(fact.at) : fact.text;
}

/** One line about a key of many. */
export function keyText({ severity, state, until }: KeyLine, when: (at: number) => string): string {
  if (state === 'resolved') return 'dealt with';
  return until === undefined ? severity : `${severity}, purge ${when(until)}`;
}

/** Everything as plain text, for people who read it as it is: a mail, a terminal. */
export function plainText(message: Message): string {
  const { lines, facts, keys, moreKeys, todo, turn, until, link, firstAt } = message;
  const blocks = [
    [headline(message), ...(isFollowUp(message) ? [`First reported ${utc(firstAt)}.`] : [])],
    lines,
    facts.map((fact) => `${fact.label}: ${factText(fact, utc)}`),
    [
      ...keys.map((line) => `- ${line.key} (${keyText(line, utc)})`),
      ...(moreKeys > 0 ? [`- and ${moreKeys} more`] : []),
    ],
    [
      ...(until === undefined ? [] : [`Until: ${utc(until)}`]),
      `To do: ${todo}`,
      `Whose turn: ${turn}`,
      ...(link === undefined ? [] : [`Open: ${link}`]),
    ],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}
