/** Inbox: what waits for me, until when? */

import type { JSX } from 'preact';
import type { Inbox, InboxItem } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { Link } from '../../routing/router.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { NotRead } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';
import { Text } from '../../ui/text.tsx';
import { nothingIn } from '../../words/count.ts';
import { AcknowledgeIncident } from '../acknowledge-incident.tsx';

const KINDS: Readonly<Record<InboxItem['kind'], string>> = {
  approve: 'You can approve',
  wait: 'You wait for others',
  ended: 'Ended, and needs a look',
  acknowledge: 'To acknowledge',
  incident: 'Lasts, and nobody has acknowledged it',
  rearm: 'The gate',
};

/** The page. */
export function InboxPage(): JSX.Element {
  const inbox = useResource<Inbox>('inbox', (api, signal) => api.get('console/inbox', {}, signal), 30_000);
  return (
    <Page title="Inbox" lead="What waits for you. What ends first comes first.">
      <Loaded of={inbox} what="what waits for you">
        {({ items, unknown }) => (
          <>
            <NotRead of={unknown} />
            {items.length === 0 && (
              <p class="empty">{nothingIn(unknown.length === 0, 'Nothing waits for you.')}</p>
            )}
            {items.length > 0 && (
              <ul class="cards">
                {items.map((item) => (
                  <li key={`${item.kind} ${item.id} ${item.path} ${item.text}`} class="card">
                    <Item of={item} after={inbox.reload} />
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Item({ of, after }: { readonly of: InboxItem; readonly after: () => void }): JSX.Element {
  const { kind, text, until, path, id } = of;
  return (
    <>
      <p class="small">{KINDS[kind] ?? kind}</p>
      <h2>
        <Link href={path.startsWith('/') ? path : '/'}>
          <Text of={text} />
        </Link>
      </h2>
      {until !== undefined && (
        <Countdown what="Ends" ended="It has ended" from={undefined} until={until} isSilent />
      )}
      {kind === 'incident' && id !== undefined && (
        <AcknowledgeIncident id={id} reference={text.split(':')[0] ?? text} isOffered after={after} />
      )}
    </>
  );
}
