/** The backups of a key. */

import type { JSX } from 'preact';
import type { KeyDetail } from '../../api/model.ts';
import { type Column, Table } from '../../ui/table.tsx';
import { Text } from '../../ui/text.tsx';
import { At } from '../../ui/time.tsx';
import { Word } from '../../ui/word.tsx';
import { counted, sentence } from '../../words/count.ts';
import { backupWorth } from '../../words/states.ts';

type Backup = KeyDetail['backups'][number];

const COLUMNS: readonly Column<Backup>[] = [
  { name: 'Captured', show: ({ capturedAt }) => <At at={capturedAt} /> },
  { name: 'Versions', show: ({ versions }) => versions, isNumber: true },
  { name: 'Size', show: ({ bytes }) => `${Math.ceil(bytes / 1024)} KiB`, isNumber: true },
  {
    name: 'Worth',
    show: (backup) => {
      const [word, tone] = backupWorth(backup);
      return (
        <>
          <Word tone={tone}>{word}</Word>
          {backup.newest && ' Newest.'} <Text of={sentence(backup.why ?? '')} />
        </>
      );
    },
  },
  { name: 'Blob', show: ({ blob }) => <code>{blob}</code> },
];

/** The table, folded: few people need it. */
export function Backups({
  of,
  isUnsure,
}: {
  readonly of: readonly Backup[];
  /** Something of the key could not be read: what is not shown may be there. */
  readonly isUnsure: boolean;
}): JSX.Element {
  return (
    <section>
      <h2>Backups</h2>
      {of.length === 0 ? (
        <p class="empty">
          {isUnsure ? 'No backup could be read; there may be one.' : 'There is no backup of this key.'}
        </p>
      ) : (
        <details>
          <summary>{counted(of.length, 'backup')}, newest first</summary>
          <Table caption="Backups" columns={COLUMNS} rows={of} idOf={({ blob }) => blob} empty="None." />
        </details>
      )}
    </section>
  );
}
