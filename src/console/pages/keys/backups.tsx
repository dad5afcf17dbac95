/** The backups of a key. */
import type { JSX } from 'preact';
import type { KeyDetail } from '../../api/model.ts';
import { type Column, Table } from '../../ui/table.tsx';
import { At } from '../../ui/time.tsx';
import { Word } from '../../ui/word.tsx';
import { counted } from '../../words/count.ts';

type Backup = KeyDetail['backups'][number];

const COLUMNS: readonly Column<Backup>[] = [
  { name: 'Captured', show: ({ capturedAt }) => <At at={capturedAt} /> },
  { name: 'Versions', show: ({ versions }) => versions, isNumber: true },
  { name: 'Size', show: ({ bytes }) => `${Math.ceil(bytes / 1024)} KiB`, isNumber: true },
  {
    name: 'Worth',
    show: ({ damaged, sealed, why, newest }) => (
      <>
        {damaged ? (
          <Word tone="bad">Damaged</Word>
        ) : sealed === false ? (
          <Word tone="bad">Not sealed: it does not count</Word>
        ) : (
          <Word tone={sealed === null ? 'calm' : 'good'}>
            {sealed === null ? 'No fault known; seals are not configured' : 'Sealed, no fault known'}
          </Word>
        )}
        {newest && ' Newest.'} {why}
      </>
    ),
  },
  { name: 'Blob', show: ({ blob }) => <code>{blob}</code> },
];

/** The table, folded: few people need it. */
export function Backups({ of }: { readonly of: readonly Backup[] }): JSX.Element {
  return (
    <section>
      <h2>Backups</h2>
      {of.length === 0 ? (
        <p class="empty">There is no backup of this key.</p>
      ) : (
        <details>
          <summary>{counted(of.length, 'backup')}, newest first</summary>
          <Table caption="Backups" columns={COLUMNS} rows={of} idOf={({ blob }) => blob} empty="None." />
        </details>
      )}
    </section>
  );
}
