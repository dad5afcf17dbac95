/** Requests: what is asked for, and how did it end? */
import type { JSX } from 'preact';
import type { RequestPage, RequestView } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { requestPath } from '../../routing/paths.ts';
import { Link, useQuery } from '../../routing/router.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Choice, Filter, SearchField } from '../../ui/filter.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Said } from '../../ui/said.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { At } from '../../ui/time.tsx';
import { operationTitle } from '../../words/operation.ts';
import { isClosed } from '../../words/states.ts';

const COLUMNS: readonly Column<RequestView>[] = [
  {
    name: 'Request',
    show: ({ id, operation }) => <Link href={requestPath(id)}>{operationTitle(operation)}</Link>,
  },
  { name: 'State', show: ({ state }) => <Said of="request" value={state} /> },
  { name: 'Asked by', show: ({ requester }) => requester.name },
  { name: 'Asked', show: ({ createdAt }) => <At at={createdAt} /> },
  { name: 'Approvals', show: ({ approvals, policy }) => `${approvals.length} of ${policy.approvals}` },
  {
    name: 'Ends',
    show: ({ state, endedAt, expiresAt, createdAt }) =>
      isClosed(state) ? (
        endedAt !== undefined && <At at={endedAt} />
      ) : (
        <Countdown what="Expires" ended="Expired" from={createdAt} until={expiresAt} isSilent />
      ),
  },
];

/** Every state in which something can still happen. */
const OPEN = 'open';
/** Each state in the words of people, in the order in which a request meets them. */
const STATES: Readonly<Record<RequestView['state'], string>> = {
  requested: 'Waiting for approvals',
  approved: 'Approved',
  executing: 'In progress',
  succeeded: 'Succeeded',
  failed: 'Failed',
  'restored-other-key': 'Another key came back',
  rejected: 'Rejected',
  expired: 'Expired',
  cancelled: 'Cancelled',
};

/** The page. */
export function RequestsPage(): JSX.Element {
  const [query, change] = useQuery();
  const given = (name: string): string => query.get(name) ?? '';
  const narrow = (name: string) => (value: string) => change({ [name]: value, next: '' });
  const state = given('state');
  const asked = {
    ...Object.fromEntries(['hsm', 'key', 'next'].map((name) => [name, given(name)])),
    ...(state === OPEN ? { open: 'true' } : { state }),
  };
  const requests = useResource<RequestPage>(
    `requests?${query}`,
    (api, signal) => api.get('recoveries', asked, signal),
    30_000,
  );
  return (
    <Page title="Requests" lead="Newest first.">
      <Filter name="Filter requests">
        <Choice
          label="State"
          value={state}
          set={narrow('state')}
          of={[['', 'Any'], [OPEN, 'Not ended yet'], ...Object.entries(STATES)]}
        />
        <SearchField label="HSM" value={given('hsm')} set={narrow('hsm')} />
        <SearchField label="Key" value={given('key')} set={narrow('key')} />
      </Filter>
      <Loaded of={requests} what="the requests">
        {({ items, next }) => (
          <>
            <Table
              caption="Requests"
              columns={COLUMNS}
              rows={items}
              idOf={({ id }) => id}
              empty="No request matches."
            />
            <Pager
              of="requests"
              next={next}
              isFirst={given('next') === ''}
              go={(to) => change({ next: to })}
            />
          </>
        )}
      </Loaded>
    </Page>
  );
}
