/** Night: what became of each key in a run, and why? */

import type { JSX } from 'preact';
import type { NightDetail } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { keyPath } from '../../routing/paths.ts';
import { Link, useQuery } from '../../routing/router.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Choice, Filter } from '../../ui/filter.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Said } from '../../ui/said.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Text } from '../../ui/text.tsx';
import { At } from '../../ui/time.tsx';
import { counted } from '../../words/count.ts';
import { spanInWords } from '../../words/duration.ts';
import { epochOf } from '../../words/time.ts';

type Item = NightDetail['items'][number];

const OUTCOMES = [
  ['', 'Any'],
  ['trouble', 'Failed, refused or vanished'],
  ['backed-up', 'Backed up'],
  ['unchanged', 'Unchanged'],
  ['skipped', 'Skipped'],
  ['vanished', 'Vanished'],
  ['refused', 'Refused'],
  ['failed', 'Failed'],
] as const;

/** The page. */
export function NightPage({ params }: { readonly params: Readonly<Record<string, string>> }): JSX.Element {
  const { hsm = '', runId = '' } = params;
  const [query, change] = useQuery();
  const outcome = query.get('outcome') ?? '';
  const next = query.get('next') ?? '';
  const night = useResource<NightDetail>(`night ${hsm} ${runId} ${outcome} ${next}`, (api, signal) =>
    api.get('console/night', { hsm, runId, outcome, next }, signal),
  );
  return (
    <Page title={`Run over ${hsm}`}>
      <Loaded of={night} what="the run">
        {({ run, causes, items, total, next: more }) => (
          <>
            <p>
              <Said of="run" value={run.state} />
            </p>
            <RunFacts of={run} />
            {causes.length > 0 && (
              <section>
                <h2>Failures by cause</h2>
                <ul>
                  {causes.map(({ code, count, example }) => (
                    <li key={code}>
                      <strong>
                        {code}, {counted(count, 'key')}
                      </strong>
                      : <Text of={example} />
                    </li>
                  ))}
                </ul>
              </section>
            )}
            <h2>Keys</h2>
            <Filter name="Filter keys">
              <Choice
                label="Outcome"
                value={outcome}
                set={(value) => change({ outcome: value, next: '' })}
                of={OUTCOMES}
              />
            </Filter>
            <p role="status">{counted(total, 'key')} match.</p>
            <Table
              caption="Keys of the run"
              columns={columns(hsm)}
              rows={items}
              idOf={({ key }) => key}
              empty="No key matches."
            />
            <Pager of="keys" next={more} isFirst={next === ''} go={(to) => change({ next: to })} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function columns(hsm: string): readonly Column<Item>[] {
  return [
    { name: 'Key', show: ({ key }) => <Link href={keyPath(hsm, key)}>{key}</Link> },
    { name: 'Outcome', show: ({ outcome }) => OUTCOMES.find(([value]) => value === outcome)?.[1] ?? outcome },
    {
      name: 'Why',
      show: ({ reason, error }) => (
        <Text of={error === undefined ? (reason ?? '') : `${error.message} (${error.code})`} />
      ),
    },
    { name: 'Versions', show: ({ versions }) => versions ?? '', isNumber: true },
  ];
}

function RunFacts({ of }: { readonly of: NightDetail['run'] }): JSX.Element {
  const { startedAt, endedAt, counts, parts, retries, throttles } = of;
  return (
    <Facts
      of={[
        ['Started', <At key="start" at={startedAt} />],
        ['Ended', endedAt === undefined ? 'not yet' : <At key="end" at={endedAt} />],
        ['Took', endedAt !== undefined && spanInWords(epochOf(endedAt) - epochOf(startedAt))],
        [
          'Keys',
          `${counts.keys}: ${counts.backedUp} backed up, ${counts.unchanged} unchanged, ${counts.skipped} skipped, ${counts.vanished} vanished, ${counts.refused} refused, ${counts.failed} failed`,
        ],
        ['Parts, retries, throttles', `${parts}, ${retries}, ${throttles}`],
      ]}
    />
  );
}
