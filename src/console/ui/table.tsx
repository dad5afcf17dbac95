/** Rows and columns; on a narrow screen each row is a card that names its columns. */
import type { ComponentChildren, JSX } from 'preact';

/** One column of rows of `T`. */
export interface Column<T> {
  readonly name: string;
  readonly show: (row: T) => ComponentChildren;
  readonly isNumber?: true;
}

interface TableProps<T> {
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly idOf: (row: T) => string;
  /** What is said when there is nothing. */
  readonly empty: string;
}

/** The table. The roles are written out: a narrow screen changes the display, which would take them away. */
export function Table<T>({ caption, columns, rows, idOf, empty }: TableProps<T>): JSX.Element {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    <table role="table">
      <caption class="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ name, isNumber }) => (
            <th key={name} role="columnheader" scope="col" class={isNumber && 'number'}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={idOf(row)} role="row">
            {columns.map(({ name, show, isNumber }) => (
              <td key={name} role="cell" data-name={name} class={isNumber && 'number'}>
                {show(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
