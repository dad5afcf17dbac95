/** Turns an answer into text: JSON for programs, a table for people, tab-separated values for shells. */
import type { Answer, Format, Table } from './command.ts';
import { programText, renderTable, type TableStyle } from './table.ts';
import { wrappedPage } from './wrap.ts';

/** The text of `answer`; empty when there is nothing to say. */
export function render(answer: Answer, format: Format, style: TableStyle): string {
  if (format === 'json' && answer.jsonLines !== undefined)
    return answer.jsonLines.map((line) => `${JSON.stringify(line)}\n`).join('');
  if (format === 'json') return answer.data === undefined ? '' : `${JSON.stringify(answer.data, null, 2)}\n`;
  if (format === 'tsv') return answer.table === undefined ? '' : renderTsv(answer.table);
  const { page } = answer;
  if (page === undefined) return answer.table === undefined ? '' : renderTable(answer.table, style);
  const text =
    typeof page === 'string'
      ? wrappedPage(page, style.width)
      : page(
          (table) => renderTable(table, style),
          (lines) => wrappedPage(lines, style.width),
        );
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** As az: no titles; what would break a line or a field is replaced by a space. */
function renderTsv({ rows }: Table): string {
  return rows
    .map((row) => `${row.map((cell) => programText(cell).replaceAll(/[\t\r\n]/g, ' ')).join('\t')}\n`)
    .join('');
}
