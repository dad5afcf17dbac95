/** A message as a mail: subject, text, HTML, and the headers that keep the mails of an incident together. */
import type { Message } from '../../../features/notify/model/message.ts';
import { factText, headline, isFollowUp, keyText, plainText, utc } from './words.ts';

/** A mail without its addresses. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The id of this mail, the same when it is sent again, and of the first one of the thread where this is another. */
  readonly messageId: string;
  readonly references?: string;
}

/** The mail; `from` is its sender, under whose domain its ids are. */
export function toMail(message: Message, from: string): Mail {
  const { title, reference, kind, thread, id } = message;
  const domain = from.slice(from.lastIndexOf('@') + 1);
  // One subject for all of a thread: clients that go by the subject keep them together, too.
  const subject = `[HSM Warden ${reference}] ${kind === 'resolved' ? 'Resolved: ' : ''}${title}`;
  const root = `<${thread}.hsm-warden@${domain}>`;
  const messageId = isFollowUp(message) ? `<${id}.hsm-warden@${domain}>` : root;
  return {
    subject,
    text: plainText(message),
    html: htmlOf(message),
    messageId,
    ...(isFollowUp(message) ? { references: root } : {}),
  };
}

const COLORS: Readonly<Record<Message['severity'], string>> = {
  info: '#0b5cad',
  notice: '#0b5cad',
  warning: '#8a5a00',
  high: '#b3261e',
  critical: '#b3261e',
};

function htmlOf(message: Message): string {
  const { title, lines, facts, keys, moreKeys, todo, turn, until, link, severity, kind, firstAt } = message;
  const color = kind === 'resolved' ? '#1b6e3c' : COLORS[severity];
  const rows = [
    ...facts.map((fact): [string, string] => [fact.label, factText(fact, utc)]),
    ...keys.map((line): [string, string] => [line.key, keyText(line, utc)]),
    ...(moreKeys > 0 ? [['', `and ${moreKeys} more`] as [string, string]] : []),
    ...(until === undefined ? [] : [['Until', utc(until)] as [string, string]]),
    ['To do', todo] as [string, string],
    ['Whose turn', turn] as [string, string],
  ];
  const first = isFollowUp(message) ? ` · first reported ${utc(firstAt)}` : '';
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>HSM Warden</title></head>',
    '<body style="font-family:Segoe UI,Helvetica,Arial,sans-serif;color:#1a1a1a">',
    `<p style="color:#555">${html(headline(message) + first)}</p>`,
    `<h2 style="color:${color}">${html(title)}</h2>`,
    ...lines.map((line) => `<p>${html(line)}</p>`),
    '<table>',
    ...rows.map(
      ([label, value]) =>
        `<tr><th align="left" style="padding-right:1em">${html(label)}</th><td>${html(value)}</td></tr>`,
    ),
    '</table>',
    ...(link === undefined ? [] : [`<p><a href="${html(link)}">Open in HSM Warden</a></p>`]),
    '</body></html>',
  ].join('\n');
}

function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
