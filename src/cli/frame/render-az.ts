/** An answer in the formats of az. Source: https://github.com/microsoft/knack, output.py. */
import { styleText } from 'node:util';
import { azTable } from './az-table.ts';
import type { AzColumns } from './command.ts';

/** The formats of az that are offered: https://learn.microsoft.com/cli/azure/format-output-azure-cli */
export const AZ_FORMATS = ['json', 'jsonc', 'table', 'tsv', 'none'] as const;
export type AzFormat = (typeof AZ_FORMATS)[number];

/** How it is shown. */
export interface AzStyle {
  readonly format: AzFormat;
  /** Whether `jsonc` has colours; az has them on a terminal only. */
  readonly coloured: boolean;
  /** The columns of the command's own table, where az has some; never those of a query. */
  readonly columns?: AzColumns | undefined;
}

/**
 * The text of `data`; nothing for null, as with az. The members of its objects come in their own order, but for JSON: what a
 * query chose keeps the order in which it was asked for. Everything else is to be {@link sorted} before.
 */
export function renderAz(data: unknown, { format, coloured, columns }: AzStyle): string {
  if (data === null || data === undefined) return '';
  switch (format) {
    case 'none':
      return '';
    case 'tsv':
      return azTsv(data);
    case 'table':
      return azTable(data, columns);
    case 'json':
      return azJson(data);
    case 'jsonc':
      return coloured ? colouredJson(azJson(data)) : azJson(data);
  }
}

/** JSON with the members of every object in alphabetical order. */
function azJson(data: unknown): string {
  return `${JSON.stringify(sorted(data), null, 2)}\n`;
}

/** `value` with the members of every object in alphabetical order, as az has them. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

/** A line for each item, its values between tabs; a list is its length, an object nothing, null `None`. */
function azTsv(data: unknown): string {
  const items = Array.isArray(data) ? data : [data];
  return items
    .map((item) => {
      if (typeof item === 'boolean') return `${item}\n`;
      if (typeof item !== 'object' || item === null) return `${tsvText(item)}\n`;
      const values = Array.isArray(item) ? item : Object.values(item);
      return `${values.map(tsvText).join('\t')}\n`;
    })
    .join('');
}

function tsvText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (Array.isArray(value)) return String(value.length);
  if (typeof value === 'object') return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  // Tabs and lines are az's; nothing in a value may steer the terminal.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
  return String(value).replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '?');
}

/** Names, texts and other values each in a colour of their own. */
function colouredJson(text: string): string {
  return text.replaceAll(
    /("(?:[^"\\]|\\.)*")(:?)|\b(?:true|false|null)\b|-?\b\d[\d.eE+-]*/g,
    (token, quoted: string | undefined, colon: string) => {
      if (quoted === undefined) return paint('blue', token);
      return colon === '' ? paint('yellow', token) : `${paint('blueBright', quoted)}:`;
    },
  );
}

function paint(style: 'blue' | 'blueBright' | 'yellow', text: string): string {
  return styleText(style, text, { validateStream: false });
}
