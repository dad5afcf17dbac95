/** Keys: which, in what state, how well covered? */
import type { JSX } from 'preact';
import type { KeyLine, KeyPage } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { keyPath } from '../../routing/paths.ts';
import { Link, useQuery } from '../../routing/router.tsx';
import { AsOf } from '../../ui/as-of.tsx';
import { Choice, Filter, SearchField } from '../../ui/filter.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { NotRead } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { KeyWord } from '../../ui/said.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Ago, useNow } from '../../ui/time.tsx';
import { counted, nothingIn } from '../../words/count.ts';
import { isStale } from '../../words/judge.ts';
import { hasLostNamesake } from '../../words/loss.ts';
import { coverageInWords, keyState, riskWord } from '../../words/states.ts';

const STATES = ['active', 'deleted', 'purged', 'restorable'];
const MEMBERS = ['hsm', 'search', 'state', 'word', 'sort', 'order', 'next'] as const;

/** The columns; of an HSM in `stale` nothing is known for now. */
function columns(stale: ReadonlySet<string>): readonly Column<KeyLine>[] {
  return [
    { name: 'Key', show: ({ hsm, key }) => <Link href={keyPath(hsm, key)}>{key}</Link> },
    { name: 'HSM', show: ({ hsm }) => hsm },
    {
      name: 'Risk',
      show: ({ hsm, word, risk, ...line }) => (
        <>
          <KeyWord value={word} isOld={stale.has(hsm)} /> {risk !== undefined && riskWord(risk)}
          {hasLostNamesake({ word, ...line }) && <> An earlier key of this name is lost.</>}
        </>
      ),
    },
    { name: 'State', show: ({ state }) => keyState(state) },
    { name: 'Coverage', show: coverageInWords },
    {
      name: 'Newest backup',
      show: ({ backupAt }) => (backupAt === undefined ? 'none' : <Ago at={backupAt} />),
    },
  ];
}

/** The page. */
export function KeysPage(): JSX.Element {
  const [query, change] = useQuery();
  const asked = Object.fromEntries(MEMBERS.map((name) => [name, query.get(name) ?? undefined]));
  const keys = useResource<KeyPage>(
    `keys?${query}`,
    (api, signal) => api.get('console/keys', asked, signal),
    60_000,
  );
  const now = useNow();
  const isOld = (one: KeyPage['asOf'][number]): boolean => keys.problem !== undefined || isStale(one, now);
  // A narrower question begins at its first page.
  const narrow = (name: string) => (value: string) => change({ [name]: value, next: '' });
  const given = (name: string): string => query.get(name) ?? '';
  return (
    <Page title="Keys">
      <Filter name="Filter keys">
        <SearchField label="Name contains" value={given('search')} set={narrow('search')} />
        <SearchField label="HSM" value={given('hsm')} set={narrow('hsm')} />
        <Choice
          label="Risk"
          value={given('word')}
          set={narrow('word')}
          of={[
            ['', 'Any'],
            ['at-risk', 'At risk'],
            ['lost', 'Lost'],
            ['acknowledged', 'Lost, acknowledged'],
            ['safe', 'Safe'],
            ['excluded', 'Left out'],
          ]}
        />
        <Choice
          label="State"
          value={given('state')}
          set={narrow('state')}
          of={[['', 'Any'], ...STATES.map((state) => [state, keyState(state)] as const)]}
        />
        <Choice
          label="Sort by"
          value={`${given('sort') || 'key'} ${given('order') || 'asc'}`}
          set={(value) => {
            const [sort = '', order = ''] = value.split(' ');
            change({ sort, order, next: '' });
          }}
          of={[
            ['key asc', 'Name'],
            ['word asc', 'Risk'],
            ['backupAt asc', 'Oldest backup first'],
            ['backupAt desc', 'Newest backup first'],
            ['purgeAt asc', 'Next purge first'],
          ]}
        />
      </Filter>
      <Loaded of={keys} what="the keys">
        {({ items, total, next, asOf, unknown }) => (
          <>
            <AsOf of={asOf} />
            <NotRead of={unknown} />
            <p role="status">{counted(total, 'key')} match.</p>
            <Table
              caption="Keys"
              columns={columns(new Set(asOf.filter(isOld).map(({ hsm }) => hsm)))}
              rows={items}
              idOf={({ hsm, key }) => `${hsm} ${key}`}
              empty={nothingIn(unknown.length === 0, 'No key matches.')}
            />
            <Pager of="keys" next={next} isFirst={given('next') === ''} go={(to) => change({ next: to })} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
