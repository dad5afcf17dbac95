/** Tables for people: as wide as the terminal at most, moments by how far they are, sizes in units that can be read. */
import type { Cell, Table } from './command.ts';
import { duration } from './duration.ts';
import { NARROWEST_SENTENCE, wrapped } from './wrap.ts';

/** How tables are shown. */
export interface TableStyle {
  /** Columns of the terminal; undefined where nobody watches, and nothing is cut. */
  readonly width?: number | undefined;
  /** Epoch milliseconds, for moments. */
  readonly now: number;
  /** Whether moments are shown exactly. */
  readonly utc: boolean;
}

/** What stands between two columns, and the narrowest that a column becomes. */
const GAP = 2;
const NARROWEST = 8;

/**
 * Columns as wide as their widest cell, or cut in the middle where the terminal is narrower. Headers, moments, sizes and what
 * has to be copied whole are never cut: where they do not fit beside each other, each row becomes lines of its own.
 */
export function renderTable({ columns, rows, wraps, whole = [] }: Table, style: TableStyle): string {
  const texts = rows.map((row) => row.map((cell) => personText(cell, style)));
  const natural = columns.map((title, index) =>
    Math.max(title.length, ...texts.map((row) => (row[index] ?? '').length)),
  );
  if (wraps === true) return renderWrapped([columns, ...texts], natural, style.width);
  const least = columns.map((title, index) => {
    const isWhole = whole.includes(title) || rows.some((row) => typeof row[index] === 'object');
    return isWhole ? (natural[index] ?? 0) : Math.min(natural[index] ?? 0, Math.max(title.length, NARROWEST));
  });
  if (rows.length > 0 && widthOf(least) > (style.width ?? Number.POSITIVE_INFINITY)) {
    return texts.map((row) => renderRecord(columns, row)).join('\n');
  }
  const widths = fitted(natural, least, style.width);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cutMiddle(cell, widths[index] ?? 0).padEnd(widths[index] ?? 0))
      .join(' '.repeat(GAP))
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width));
  return `${[columns, rule, ...texts].map(line).join('\n')}\n`;
}

/** Every column as wide as it needs, and the last one in as many lines as it takes; a word longer than a line is not broken. */
function renderWrapped(
  [titles = [], ...rows]: readonly (readonly string[])[],
  natural: readonly number[],
  width: number | undefined,
): string {
  const before = natural.slice(0, -1);
  const indent = before.reduce((sum, one) => sum + one + GAP, 0);
  const room = width === undefined ? undefined : Math.max(NARROWEST_SENTENCE, width - indent);
  const rule = [...before, Math.min(natural.at(-1) ?? 0, room ?? Number.POSITIVE_INFINITY)];
  const lines = [titles, rule.map((one) => '-'.repeat(one)), ...rows].map((cells) => {
    const head = before.map((one, index) => (cells[index] ?? '').padEnd(one + GAP)).join('');
    return `${head}${wrapped(cells[before.length] ?? '', room).join(`\n${' '.repeat(indent)}`)}`.trimEnd();
  });
  return `${lines.join('\n')}\n`;
}

/** A cell for programs: the same whatever the terminal and the time. */
export function programText(cell: Cell): string {
  if (typeof cell !== 'object') return plain(cell);
  return 'at' in cell ? plain(cell.text) : String(cell.bytes);
}

function personText(cell: Cell, { now, utc }: TableStyle): string {
  if (typeof cell !== 'object') return plain(cell);
  if ('bytes' in cell) return sizeText(cell.bytes);
  if (utc || Number.isNaN(cell.at)) return plain(cell.text);
  const away = duration(Math.abs(cell.at - now));
  const far = cell.at > now ? `in ${away}` : `${away} ago`;
  return cell.both === true ? `${far} (${plain(cell.text)})` : far;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `1.5 MiB`. */
export function sizeText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const count = bytes / 1024 ** power;
  return `${power === 0 || count >= 100 ? Math.round(count) : count.toFixed(1)} ${UNITS[power]}`;
}

/** `text` in `width` characters: its beginning and its end, for names differ in both. */
export function cutMiddle(text: string, width: number): string {
  if (text.length <= width) return text;
  const end = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - end)}…${end === 0 ? '' : text.slice(-end)}`;
}

/** A row as lines, a cell each. */
function renderRecord(columns: readonly string[], row: readonly string[]): string {
  const width = Math.max(...columns.map((title) => title.length)) + GAP;
  return columns.map((title, index) => `${`${title.padEnd(width)}${row[index] ?? ''}`.trimEnd()}\n`).join('');
}

function widthOf(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, GAP * (widths.length - 1));
}

/** Takes from the widest columns until the line fits, but from none more than leaves it `least`. */
function fitted(natural: readonly number[], least: readonly number[], width: number | undefined): number[] {
  const widths = [...natural];
  let excess = widthOf(widths) - (width ?? Number.POSITIVE_INFINITY);
  while (excess > 0) {
    const widest = widths.reduce((best, one, index) => {
      const room = one - (least[index] ?? 0);
      return room > 0 && (best === -1 || one > (widths[best] ?? 0)) ? index : best;
    }, -1);
    if (widest === -1) return widths;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

/** Names and tags come from others: nothing in them may steer the terminal. */
function plain(value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
  return String(value).replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '?');
}
