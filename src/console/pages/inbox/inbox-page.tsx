/** Inbox: what waits for me, until when? */
import type { JSX } from 'preact';
import type { InboxItem } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { Link } from '../../routing/router.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';

const KINDS: Readonly<Record<InboxItem['kind'], string>> = {
  approve: 'You can approve',
  wait: 'You wait for others',
  acknowledge: 'To acknowledge',
  rearm: 'The gate',
};

/** The page. */
export function InboxPage(): JSX.Element {
  const inbox = useResource<{ readonly items: readonly InboxItem[] }>(
    'inbox',
    (api, signal) => api.get('console/inbox', {}, signal),
    30_000,
  );
  return (
    <Page title="Inbox" lead="What waits for you. What ends first comes first.">
      <Loaded of={inbox} what="what waits for you">
        {({ items }) =>
          items.length === 0 ? (
            <p class="empty">Nothing waits for you.</p>
          ) : (
            <ul class="cards">
              {items.map(({ kind, text, until, path }) => (
                <li key={`${kind} ${path} ${text}`} class="card">
                  <p class="small">{KINDS[kind] ?? kind}</p>
                  <h2>
                    <Link href={path.startsWith('/') ? path : '/'}>{text}</Link>
                  </h2>
                  {until !== undefined && (
                    <Countdown what="Ends" ended="It has ended" from={undefined} until={until} isSilent />
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  );
}
