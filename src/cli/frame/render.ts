/** Turns an answer into text: JSON for programs, a table for people, tab-separated values for shells. */
import type { Answer, Cell, Format, Table } from './command.ts';

/** The text of `answer`; empty when there is nothing to say. */
export function render(answer: Answer, format: Format): string {
  if (format === 'json') return answer.data === undefined ? '' : `${JSON.stringify(answer.data, null, 2)}\n`;
  if (format === 'tsv') return answer.table === undefined ? '' : renderTsv(answer.table);
  if (answer.page !== undefined) return answer.page.endsWith('\n') ? answer.page : `${answer.page}\n`;
  return answer.table === undefined ? '' : renderTable(answer.table);
}

/** Columns as wide as their widest cell, two spaces apart. */
export function renderTable({ columns, rows }: Table): string {
  const texts = rows.map((row) => row.map(textOf));
  const widths = columns.map((title, index) =>
    Math.max(title.length, ...texts.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width));
  return `${[columns, rule, ...texts].map(line).join('\n')}\n`;
}

/** As az: no titles; what would break a line or a field is replaced by a space. */
function renderTsv({ rows }: Table): string {
  return rows
    .map((row) => `${row.map((cell) => textOf(cell).replaceAll(/[\t\r\n]/g, ' ')).join('\t')}\n`)
    .join('');
}

function textOf(cell: Cell): string {
  // Names and tags come from others: nothing in them may steer the terminal.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
  return cell === undefined ? '' : String(cell).replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '?');
}
