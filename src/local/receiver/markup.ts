/** The markup of Teams and Slack as their clients show it, as far as the product's messages use it. */

/** A line of a message, and how it stands out. */
export interface ShownLine {
  readonly text: string;
  readonly as: 'title' | 'subtle' | 'text';
  readonly href?: string;
}

interface CardText {
  readonly text: string;
  readonly size?: string | undefined;
  readonly isSubtle?: boolean | undefined;
}

/** A text block of an Adaptive Card: `**bold**`, escapes, and moments in the reader's own time. */
export function cardLines({ text, size, isSubtle }: CardText): ShownLine[] {
  const shown = text
    .replaceAll(/\{\{DATE\(([^,)]+)[^)]*\)\}\} \{\{TIME\([^)]*\)\}\}/g, (_, iso: string) => localTime(iso))
    .replaceAll(/(?<!\\)\*\*/g, '')
    .replaceAll(/\\([\\*_`#~])/g, '$1');
  return [{ text: shown, as: size === 'large' ? 'title' : isSubtle === true ? 'subtle' : 'text' }];
}

interface SlackBlock {
  readonly type: string;
  readonly text?: { readonly text: string } | undefined;
  readonly elements?: readonly { readonly text: string }[] | undefined;
}

/** A block of Block Kit, a line for each line of its text. */
export function slackLines({ type, text, elements = [] }: SlackBlock): ShownLine[] {
  if (type === 'header') return text === undefined ? [] : [{ text: text.text, as: 'title' }];
  const as = type === 'context' ? 'subtle' : 'text';
  const texts = [...(text === undefined ? [] : [text.text]), ...elements.map((element) => element.text)];
  return texts.flatMap((one) => one.split('\n')).map((line) => slackLine(line, as));
}

const SIGNS: Readonly<Record<string, string>> = {
  ':information_source:': 'ℹ',
  ':warning:': '⚠',
  ':red_circle:': '🔴',
  ':rotating_light:': '🚨',
  ':white_check_mark:': '✅',
};

function slackLine(line: string, as: ShownLine['as']): ShownLine {
  const link = /^<(https?:[^|>]+)\|([^>]+)>$/.exec(line);
  if (link !== null) return { text: unescaped(link[2] ?? ''), href: unescaped(link[1] ?? ''), as };
  const text = line
    .replaceAll(/<!date\^(\d+)\^[^>]*>/g, (_, seconds: string) =>
      localTime(new Date(Number(seconds) * 1000).toISOString()),
    )
    .replaceAll(/^\*([^*]+)\*/g, '$1')
    .replaceAll(/:[a-z_]+:/g, (sign) => SIGNS[sign] ?? sign)
    .replaceAll('`', '');
  return { text: unescaped(text), as };
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Whoever reads this sits at this machine. */
function localTime(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}
