/** HSMs that need nobody, a row each. */
import type { ComponentChildren, JSX } from 'preact';
import type { HomeHsm } from '../../api/model.ts';
import { nightPath } from '../../routing/paths.ts';
import { Link } from '../../routing/router.tsx';
import { Said } from '../../ui/said.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Ago } from '../../ui/time.tsx';
import { countsInWords } from '../../words/count.ts';
import { drillsInWords } from '../../words/drills.ts';

const COLUMNS: readonly Column<HomeHsm>[] = [
  {
    name: 'HSM',
    show: ({ hsm, verdict }) => (
      <>
        <Link href={`/keys?hsm=${encodeURIComponent(hsm)}`}>{hsm}</Link> <Said of="verdict" value={verdict} />
      </>
    ),
  },
  { name: 'Keys', show: ({ counts }) => counts && countsInWords(counts) },
  { name: 'Last scan', show: ({ scannedAt }) => ago(scannedAt) },
  {
    name: 'Last run',
    show: ({ hsm, lastRun }) =>
      lastRun === undefined ? (
        'never'
      ) : (
        <Link href={nightPath(hsm, lastRun.runId)}>
          <Ago at={lastRun.endedAt} />, {lastRun.state}
        </Link>
      ),
  },
  { name: 'Backups verified', show: ({ verifiedAt }) => ago(verifiedAt) },
  { name: 'Oldest backup', show: ({ oldestBackupAt }) => ago(oldestBackupAt) },
  {
    name: 'Restore drill',
    show: ({ drilledAt, drills }) => (
      <>
        {drilledAt !== undefined && (
          <>
            <Ago at={drilledAt} />,{' '}
          </>
        )}
        {drillsInWords(drills)}
      </>
    ),
  },
];

/** The table. Its HSMs are safe and have no warning, so that nothing is left out of their cards but the space. */
export function HsmTable({ of }: { readonly of: readonly HomeHsm[] }): JSX.Element {
  return (
    <Table
      caption="HSMs that need nobody"
      columns={COLUMNS}
      rows={of}
      idOf={({ hsm }) => hsm}
      empty="None."
    />
  );
}

function ago(at: string | undefined): ComponentChildren {
  return at === undefined ? 'never' : <Ago at={at} />;
}
