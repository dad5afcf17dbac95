/**
 * `-o table` as az prints it: the columns are the members that are single values, under their names with a capital letter;
 * `id`, `type` and `etag` are left out. Columns are two wider than their titles at least.
 * Source: https://github.com/microsoft/knack, output.py, and the layout `simple` of https://pypi.org/project/tabulate.
 */

import type { AzColumns } from './command.ts';

/** Members that are no columns. */
const LEFT_OUT: ReadonlySet<string> = new Set(['id', 'type', 'etag']);
/** By how much a column is wider than its title. */
const MARGIN = 2;

/** The text of `data`. `columns`: those of the command, where az has some. */
export function azTable(data: unknown, columns?: AzColumns): string {
  const items = Array.isArray(data) ? data : [data];
  const rows = items.map((item) => rowOf(item, columns));
  const titles = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  if (titles.length === 0) return '\n';
  const cells = rows.map((row) => titles.map((title) => row.get(title) ?? ''));
  const widths = titles.map((title, index) =>
    Math.max(title.length + MARGIN, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const rule = widths.map((width) => '-'.repeat(width));
  const lines = [titles, rule, ...cells].map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function rowOf(item: unknown, columns: AzColumns | undefined): ReadonlyMap<string, string> {
  if (Array.isArray(item)) return new Map(item.map((cell, index) => [`Column${index + 1}`, cellText(cell)]));
  if (!isRecord(item)) return new Map([['Result', cellText(item)]]);
  if (columns !== undefined) {
    return new Map(columns.map(([title, member]) => [title, cellText(item[member])]));
  }
  const single = Object.entries(item).filter(
    ([name, value]) => !LEFT_OUT.has(name) && value !== null && typeof value !== 'object',
  );
  return new Map(
    single.map(([name, value]) => [`${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, cellText(value)]),
  );
}

function isRecord(item: unknown): item is Readonly<Record<string, unknown>> {
  return typeof item === 'object' && item !== null;
}

/** As Python writes a value. What would break the line, or steer the terminal, is left out. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
}
