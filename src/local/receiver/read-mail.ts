/** Reads a mail as it comes over SMTP, as far as the product's mails need it: RFC 5322, 2045 and 2047. */

/** What people see of a mail. */
export interface ReadMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

interface Part {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** The mail; undefined when it has no subject, or neither text nor HTML. */
export function readMail(raw: string): ReadMail | undefined {
  const whole = partOf(raw);
  const subject = whole.headers.get('subject');
  const leaves = leavesOf(whole);
  const textOf = (type: string) =>
    leaves.find(({ headers }) => (headers.get('content-type') ?? 'text/plain').startsWith(type));
  const [text, html] = [textOf('text/plain'), textOf('text/html')].map((part) => part && decoded(part));
  if (subject === undefined || (text ?? html) === undefined) return undefined;
  return { subject: unworded(subject), text: text ?? '', html: html ?? '' };
}

function partOf(raw: string): Part {
  const [, head = '', body = ''] = /^([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(raw) ?? [];
  const lines = head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const headers = lines.flatMap((line): [string, string][] => {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]];
  });
  return { headers: new Map(headers), body };
}

function leavesOf(part: Part): readonly Part[] {
  const [, boundary] =
    /^multipart\/.*boundary="?([^";]+)"?/i.exec(part.headers.get('content-type') ?? '') ?? [];
  if (boundary === undefined) return [part];
  return part.body
    .split(`--${boundary}`)
    .slice(1, -1)
    .flatMap((inner) => leavesOf(partOf(inner.replace(/^\r?\n/, ''))));
}

function decoded({ headers, body }: Part): string {
  switch (headers.get('content-transfer-encoding')?.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable':
      return unquoted(body.replaceAll(/=\r?\n/g, ''));
    default:
      return body;
  }
}

/** Words of a header that are not ASCII. Between two of them a blank separates nothing. */
function unworded(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString('utf8')
        : unquoted(word.replaceAll('_', ' ')),
    );
}

function unquoted(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
