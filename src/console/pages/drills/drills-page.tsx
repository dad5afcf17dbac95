/** Drills: when did we last prove a restore, and which key is unproven for longest? */

import type { JSX } from 'preact';
import type { DrilledKey, DrillHsm, DrillPage } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { keyPath } from '../../routing/paths.ts';
import { Link, useQuery } from '../../routing/router.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Note } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Text } from '../../ui/text.tsx';
import { At } from '../../ui/time.tsx';
import { counted, listed, nothingIn } from '../../words/count.ts';

const VERDICTS: Readonly<Record<DrilledKey['verdict'], string>> = {
  proven: 'Proven: restored, compared and used',
  'metadata-only': 'Restored and compared, not used',
  failed: 'FAILED: it does not bring the key back',
  blocked: 'Could not be drilled',
};

const COLUMNS: readonly Column<DrilledKey>[] = [
  {
    name: 'Key',
    show: ({ hsm, key }) => (
      <>
        <Link href={keyPath(hsm, key)}>{key}</Link> on {hsm}
      </>
    ),
  },
  { name: 'Last drill', show: ({ verdict }) => VERDICTS[verdict] },
  { name: 'When', show: ({ drilledAt }) => <At at={drilledAt} /> },
  { name: 'Last proven', show: ({ provenAt }) => (provenAt === undefined ? 'never' : <At at={provenAt} />) },
  { name: 'Why', show: ({ reasons }) => <Text of={reasons.join(' ')} /> },
];

/** The page. A key that is not listed was never drilled. */
export function DrillsPage(): JSX.Element {
  const [query, change] = useQuery();
  const next = query.get('next') ?? '';
  const drills = useResource<DrillPage>(`drills ${next}`, (api, signal) =>
    api.get('console/drills', { next }, signal),
  );
  return (
    <Page title="Drills" lead="When did we last prove a restore, and which key is unproven for longest?">
      <Loaded of={drills} what="the drills">
        {({ hsms, items, total, next: more }) => (
          <>
            <Unproven of={hsms.filter(isUnproven).map(({ hsm }) => hsm)} />
            {hsms
              .filter((hsm) => !isUnproven(hsm))
              .map((hsm) => (
                <OneHsm key={hsm.hsm} of={hsm} />
              ))}
            <h2>Keys</h2>
            <p role="status">
              {counted(total, 'key')} drilled. A key that is not listed was never drilled: count it as
              unproven.
            </p>
            <Table
              caption="Drilled keys, those first that somebody must look at"
              columns={COLUMNS}
              rows={items}
              idOf={({ hsm, key }) => `${hsm}/${key}`}
              empty={nothingIn(
                hsms.every((hsm) => hsm.unknown === undefined),
                'No key was drilled.',
              )}
            />
            <Pager of="drills" next={more} isFirst={next === ''} go={(to) => change({ next: to })} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function isUnproven({ unknown, lastAt }: DrillHsm): boolean {
  return unknown === undefined && lastAt === undefined;
}

/** The HSMs without a drill, all in one remark; nothing where each had one. */
function Unproven({ of }: { readonly of: readonly string[] }): JSX.Element | null {
  const [only] = of;
  if (only === undefined) return null;
  return (
    <Note
      tone="unknown"
      title={`Restores of ${of.length === 1 ? only : counted(of.length, 'HSM')} are unproven`}
    >
      {of.length > 1 && <p>{listed(of)}.</p>}
      <p>
        No drill of their keys is known. Backups are made, read back and compared; whether they restore is
        shown by drills alone. To begin, name a drill HSM in <code>WARDEN_DRILL_HSMS</code> (docs/drills.md).
      </p>
    </Note>
  );
}

function OneHsm({ of }: { readonly of: DrillHsm }): JSX.Element {
  const { hsm, unknown, lastAt, oldestProofAt, restoreMs, ...counts } = of;
  const { proven, metadataOnly, earlier, undrilled, failed, blocked, overdue } = counts;
  if (unknown !== undefined) {
    return (
      <Note tone="unknown" title={`Cannot tell for ${hsm}`}>
        <p>
          <Text of={unknown} />
        </p>
      </Note>
    );
  }
  return (
    <section>
      <h2>{hsm}</h2>
      <Facts
        of={[
          ['Last drill', lastAt !== undefined && <At key="last" at={lastAt} />],
          ['Oldest proof', oldestProofAt === undefined ? 'none' : <At key="oldest" at={oldestProofAt} />],
          [
            'Keys',
            `${proven} proven, ${metadataOnly} restored and compared only, ${earlier} by an earlier backup only, ${undrilled} not drilled yet, ${failed} failed, ${blocked} could not be drilled`,
          ],
          ['Overdue', overdue > 0 && `${counted(overdue, 'key')} without a proof for too long`],
          [
            'A restore takes',
            restoreMs !== undefined &&
              `${seconds(restoreMs.p50)}; 95 of 100 at most ${seconds(restoreMs.p95)}`,
          ],
        ]}
      />
    </section>
  );
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
