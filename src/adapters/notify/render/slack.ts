/** A message as Block Kit: https://docs.slack.dev/reference/block-kit/blocks */
import { cutText } from '../../../core/model/plain-text.ts';
import { type Message, short } from '../../../features/notify/model/message.ts';
import { factText, headline, isFollowUp, keyText, utc } from './words.ts';

/** Characters: a header 150, a section 3000, of which escaping makes up to five of one. */
const LONGEST_HEADER = 150;
const LONGEST_SECTION = 2_900;

interface Text {
  readonly type: 'mrkdwn' | 'plain_text';
  readonly text: string;
}

/** What an incoming webhook takes. */
export interface SlackPayload {
  readonly text: string;
  readonly blocks: readonly (
    | { readonly type: 'header' | 'section'; readonly text: Text }
    | { readonly type: 'context'; readonly elements: readonly Text[] }
  )[];
  readonly unfurl_links: false;
}

const SIGNS: Readonly<Record<Message['severity'], string>> = {
  info: ':information_source:',
  notice: ':information_source:',
  warning: ':warning:',
  high: ':red_circle:',
  critical: ':rotating_light:',
};

/** The payload of `message`. */
export function toSlack(message: Message): SlackPayload {
  const { title, lines, facts, keys, moreKeys, todo, turn, until, link, kind, severity, firstAt } = message;
  const sign = kind === 'resolved' ? ':white_check_mark:' : SIGNS[severity];
  const first = isFollowUp(message) ? ` · first reported ${localTime(firstAt)}` : '';
  const what = lines.map(escaped).join('\n');
  const known = facts.map(
    (fact) => `*${escaped(fact.label)}:* ${'at' in fact ? localTime(fact.at) : escaped(factText(fact, utc))}`,
  );
  const named = keys.map((line) => `• \`${escaped(line.key)}\` ${keyText(line, utc)}`);
  const more = moreKeys > 0 ? [`• and ${moreKeys} more`] : [];
  const next = [
    ...(until === undefined ? [] : [`*Until:* ${localTime(until)}`]),
    `*To do:* ${escaped(todo)}`,
    `*Whose turn:* ${escaped(turn)}`,
    ...(link === undefined ? [] : [`<${escaped(encodeURI(decodeSafely(link)))}|Open in HSM Warden>`]),
  ];
  return {
    text: short(`${headline(message)}: ${escaped(title)}`, LONGEST_SECTION),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: short(title, LONGEST_HEADER) } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: `${sign} ${headline(message)}${first}` }] },
      ...[what, known.join('\n'), [...named, ...more].join('\n'), next.join('\n')]
        .filter((text) => text !== '')
        .map(section),
    ],
    unfurl_links: false,
  };
}

function section(text: string) {
  return { type: 'section' as const, text: { type: 'mrkdwn' as const, text: cut(text) } };
}

/** Shown in each reader's own time: https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
function localTime(at: number): string {
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${utc(at)}>`;
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping; so nobody is mentioned and nothing linked. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Whole lines only, so that no escape is cut in two. */
function cut(text: string): string {
  if (text.length <= LONGEST_SECTION) return text;
  const lines = text.split('\n');
  while (lines.length > 1 && lines.join('\n').length > LONGEST_SECTION) lines.pop();
  return cutText(lines.join('\n'), LONGEST_SECTION);
}

function decodeSafely(link: string): string {
  try {
    return decodeURI(link);
  } catch {
    return link;
  }
}
