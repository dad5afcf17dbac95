/** A message as an Adaptive Card in the envelope that the Workflows of Teams take. */
import type { Message } from '../../../features/notify/model/message.ts';
import { factText, headline, isFollowUp, keyText, utc } from './words.ts';

/** The service's limit is about 28 KB: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook */
export const MOST_TEAMS_BYTES = 24 * 1024;

interface TextBlock {
  readonly type: 'TextBlock';
  readonly text: string;
  readonly wrap: true;
  readonly size?: 'large';
  readonly weight?: 'bolder';
  readonly color?: 'attention' | 'warning' | 'good' | 'accent';
  readonly isSubtle?: true;
  readonly spacing?: 'none' | 'small';
}

const COLORS = {
  info: 'accent',
  notice: 'accent',
  warning: 'warning',
  high: 'attention',
  critical: 'attention',
} as const satisfies Record<Message['severity'], TextBlock['color']>;

/** The payload of `message`. */
export function toTeams(message: Message) {
  const { facts, keys, moreKeys, todo, turn, until, link } = message;
  const body: TextBlock[] = [
    ...titleOf(message),
    ...message.lines.map((line) => block(safe(line))),
    ...facts.map((fact) =>
      labelled(fact.label, 'at' in fact ? localTime(fact.at) : safe(factText(fact, utc))),
    ),
    ...keys.map((line) => small(`- ${safe(line.key)}: ${keyText(line, localTime)}`)),
    ...(moreKeys > 0 ? [small(`- and ${moreKeys} more`)] : []),
    ...(until === undefined ? [] : [labelled('Until', localTime(until))]),
    labelled('To do', safe(todo)),
    labelled('Whose turn', safe(turn)),
  ];
  const actions =
    link === undefined ? [] : [{ type: 'Action.OpenUrl', title: 'Open in HSM Warden', url: link }];
  return fitting((kept) => envelope(kept, actions), body);
}

function titleOf(message: Message): TextBlock[] {
  const { title, severity, kind, firstAt } = message;
  const color = kind === 'resolved' ? 'good' : COLORS[severity];
  const first = isFollowUp(message) ? ` · first reported ${localTime(firstAt)}` : '';
  return [
    { ...block(safe(title)), size: 'large', weight: 'bolder', color },
    { ...block(`${headline(message)}${first}`), isSubtle: true, spacing: 'none' },
  ];
}

function envelope(body: readonly TextBlock[], actions: readonly object[]) {
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body,
    ...(actions.length === 0 ? {} : { actions }),
    msteams: { width: 'Full' },
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
  };
}

/** Leaves lines out of the middle until the rest fits: what happened comes first, and what to do last. */
function fitting<T>(make: (body: readonly TextBlock[]) => T, body: readonly TextBlock[]): T {
  const kept = [...body];
  while (kept.length > 6 && Buffer.byteLength(JSON.stringify(make(kept))) > MOST_TEAMS_BYTES)
    kept.splice(-3, 1);
  return make(kept);
}

function block(text: string): TextBlock {
  return { type: 'TextBlock', text, wrap: true };
}

function small(text: string): TextBlock {
  return { ...block(text), spacing: 'none' };
}

function labelled(label: string, value: string): TextBlock {
  return { ...block(`**${safe(label)}:** ${value}`), spacing: 'small' };
}

/** In each reader's own time: https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features#datetime-formatting-and-localization */
function localTime(at: number): string {
  const time = `${new Date(at).toISOString().slice(0, 19)}Z`;
  return `{{DATE(${time},SHORT)}} {{TIME(${time})}}`;
}

/** Text of others: no Markdown that could make a link or a picture, and no function of the card. */
function safe(text: string): string {
  return text
    .replaceAll('[', '(')
    .replaceAll(']', ')')
    .replaceAll('{{', '{ {')
    .replaceAll(/([\\*_`#~])/g, '\\$1');
}
