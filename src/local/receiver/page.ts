/** The page of the local receiver: the messages as people would see them, newest first. */
import type { ShownLine } from './markup.ts';
import type { Received } from './received.ts';

const NAMES = {
  teams: 'Microsoft Teams',
  slack: 'Slack',
  mail: 'Mail by Communication Services',
  smtp: 'Mail by SMTP',
  pagerduty: 'PagerDuty',
  webhook: 'Webhook',
} as const satisfies Readonly<Record<Received['channel'], string>>;
const STYLE = `body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:52em;padding:0 1em;color:#1a1a1a;background:#f3f3f3}
article{background:#fff;border:1px solid #ccc;border-left:6px solid #888;border-radius:4px;margin:0 0 1em;padding:.8em 1em;overflow-wrap:anywhere}
article.teams{border-left-color:#5b5fc7}article.slack{border-left-color:#611f69}article.mail,article.smtp{border-left-color:#0b5cad}article.pagerduty{border-left-color:#048a24}article.webhook{border-left-color:#555}
header{color:#555;font-size:.85em}h2{font-size:1.1em;margin:.3em 0}p{margin:.15em 0}p.subtle{color:#555}pre{white-space:pre-wrap;font-size:.85em}
iframe{border:0;width:100%;height:24em}`;

/** Text is all escaped, and a mail stands in a frame in which nothing runs. */
export function receiverPage(messages: readonly Received[]): string {
  const articles = messages.toReversed().map(article);
  const none = '<p>No message yet. Delete a key, or run: npm run -s warden -- notify test --emulator</p>';
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">',
    `<title>Messages of HSM Warden</title><style>${STYLE}</style></head><body>`,
    '<h1>Messages of HSM Warden</h1>',
    ...(articles.length === 0 ? [none] : articles),
    '</body></html>',
  ].join('\n');
}

function article({ channel, at, title, to, lines, html }: Received): string {
  const addressed = to.length === 0 ? '' : ` to ${to.join(', ')}`;
  const head = `<header>${NAMES[channel]}${escaped(addressed)} · <time>${escaped(at)}</time></header>`;
  return `<article class="${channel}">${head}${bodyOf(channel, title, lines, html)}</article>`;
}

function bodyOf(
  channel: Received['channel'],
  title: string,
  lines: readonly ShownLine[],
  html: string | undefined,
): string {
  if (html !== undefined) {
    return `<h2>${escaped(title)}</h2><iframe sandbox title="${escaped(title)}" srcdoc="${escaped(html)}"></iframe>`;
  }
  if (channel === 'webhook') return `<pre>${escaped(lines.map(({ text }) => text).join('\n'))}</pre>`;
  return lines.map(lineOf).join('\n');
}

function lineOf({ text, as, href }: ShownLine): string {
  const shown = escaped(text);
  if (as === 'title') return `<h2>${shown}</h2>`;
  const linked = href !== undefined && /^https?:/.test(href);
  return `<p class="${as}">${linked ? `<a href="${escaped(href)}">${shown}</a>` : shown}</p>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
