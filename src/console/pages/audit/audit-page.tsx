/** Audit: who did what, and is the log whole? */

import type { JSX } from 'preact';
import type { AuditPage as AuditAnswer, AuditEntry } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { requestPath } from '../../routing/paths.ts';
import { Link, useQuery } from '../../routing/router.tsx';
import { Choice, DayField, Filter, SearchField } from '../../ui/filter.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Note } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Text } from '../../ui/text.tsx';
import { At } from '../../ui/time.tsx';
import { ExportButton } from './export.tsx';
import { VerifyNow } from './verify-now.tsx';

const COLUMNS: readonly Column<AuditEntry>[] = [
  { name: 'When', show: ({ at }) => <At at={at} /> },
  { name: 'Who', show: ({ actor }) => actor.name },
  { name: 'What', show: ({ event, decision }) => `${event.replaceAll('-', ' ')}, ${decision}` },
  {
    name: 'On',
    show: ({ key, hsm, recoveryId }) => (
      <>
        {[key, hsm].filter((name) => name !== undefined).join(' on ')}{' '}
        {recoveryId !== undefined && <Link href={requestPath(recoveryId)}>the request</Link>}
      </>
    ),
  },
  {
    name: 'Detail',
    show: ({ code, detail }) => <Text of={[code, detail].filter((text) => text !== undefined).join(': ')} />,
  },
  { name: 'Line', show: ({ seq }) => seq, isNumber: true },
];

const MEMBERS = ['search', 'actor', 'event', 'hsm', 'key', 'recoveryId', 'decision', 'from', 'to'] as const;

/** The page. */
export function AuditPage(): JSX.Element {
  const [query, change] = useQuery();
  const given = (name: string): string => query.get(name) ?? '';
  const narrow = (name: string) => (value: string) => change({ [name]: value, next: '' });
  const asked = Object.fromEntries(MEMBERS.map((name) => [name, given(name)]));
  const next = given('next');
  const audit = useResource<AuditAnswer>(`audit?${query}`, (api, signal) =>
    api.get('console/audit', { ...asked, next }, signal),
  );
  return (
    <Page title="Audit">
      <VerifyNow />
      <Filter name="Filter the log">
        <SearchField label="Words" value={given('search')} set={narrow('search')} />
        <SearchField label="Who" value={given('actor')} set={narrow('actor')} />
        <SearchField label="Key" value={given('key')} set={narrow('key')} />
        <SearchField label="HSM" value={given('hsm')} set={narrow('hsm')} />
        <Choice
          label="Decision"
          value={given('decision')}
          set={narrow('decision')}
          of={[
            ['', 'Any'],
            ['allowed', 'Allowed'],
            ['refused', 'Refused'],
            ['noted', 'Noted'],
          ]}
        />
        <DayField label="From (day of UTC)" value={given('from')} set={narrow('from')} />
        <DayField label="To (day of UTC)" value={given('to')} set={narrow('to')} />
      </Filter>
      <ExportButton asked={asked} />
      <Loaded of={audit} what="the audit log">
        {({ items, next: more, searchedBackTo, notSearched }) => (
          <>
            {notSearched !== undefined && <NotSearched of={notSearched} />}
            <Table
              caption="The audit log, newest first"
              columns={COLUMNS}
              rows={items}
              idOf={({ seq, hash }) => `${seq} ${hash}`}
              empty={more === undefined ? 'No line matches.' : 'No line matches so far.'}
            />
            {searchedBackTo !== undefined && more !== undefined && (
              <p class="small">Searched back to {searchedBackTo}, a day of UTC; there is more before.</p>
            )}
            <Pager of="the audit log" next={more} isFirst={next === ''} go={(to) => change({ next: to })} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** Where the log was before it was begun again: neither the search nor the export nor the verification reads it. */
function NotSearched({ of }: { readonly of: readonly string[] }): JSX.Element {
  return (
    <Note tone="warn" title="Earlier lines are not searched">
      <p>
        People let the log go on in a new segment, and only that one is searched, exported and verified. What
        came before is in the audit container:
      </p>
      <ul>
        {of.map((name) => (
          <li key={name}>{name === 'first' ? 'the first segment, by year' : <code>{name}/</code>}</li>
        ))}
      </ul>
    </Note>
  );
}
