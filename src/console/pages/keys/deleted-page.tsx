/** Deleted keys: what is purged next? */
import type { JSX } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { MeContext } from '../../api/context.ts';
import type { KeyLine, KeyPage } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { keyPath, requestPath } from '../../routing/paths.ts';
import { Link, useQuery } from '../../routing/router.tsx';
import { AsOf } from '../../ui/as-of.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { NotRead } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Said } from '../../ui/said.tsx';
import { At } from '../../ui/time.tsx';
import { nothingIn } from '../../words/count.ts';
import { coverageInWords } from '../../words/states.ts';
import { AskDialog, askedBefore } from './ask-dialog.tsx';

/** The page. */
export function DeletedPage(): JSX.Element {
  const [query, change] = useQuery();
  const next = query.get('next') ?? undefined;
  const asked = { state: 'deleted', sort: 'purgeAt', order: 'asc', next };
  const keys = useResource<KeyPage>(
    `deleted?${next}`,
    (api, signal) => api.get('console/keys', asked, signal),
    60_000,
  );
  const [asking, ask] = useState<Pick<KeyLine, 'hsm' | 'key'> | undefined>(askedBefore);
  return (
    <Page title="Deleted keys" lead="What is purged next comes first.">
      <Loaded of={keys} what="the deleted keys">
        {({ items, asOf, unknown, next: more }) => (
          <>
            <AsOf of={asOf} />
            <NotRead of={unknown} />
            {items.length === 0 && (
              <p class="empty">{nothingIn(unknown.length === 0, 'No key is soft-deleted.')}</p>
            )}
            <ul class="cards">
              {items.map((line) => (
                <li key={`${line.hsm} ${line.key}`} class="card">
                  <DeletedKey line={line} ask={() => ask(line)} />
                </li>
              ))}
            </ul>
            <Pager
              of="deleted keys"
              next={more}
              isFirst={next === undefined}
              go={(to) => change({ next: to })}
            />
          </>
        )}
      </Loaded>
      {asking !== undefined && <AskDialog hsm={asking.hsm} name={asking.key} close={() => ask(undefined)} />}
    </Page>
  );
}

function DeletedKey({ line, ask }: { readonly line: KeyLine; readonly ask: () => void }): JSX.Element {
  const { can } = useContext(MeContext);
  const { hsm, key, deletedAt, deletedBy, purgeAt, request } = line;
  return (
    <>
      <h2>
        <Link href={keyPath(hsm, key)}>{key}</Link> <span class="small">on {hsm}</span>
      </h2>
      {purgeAt === undefined ? (
        <p>It is not known when it is purged.</p>
      ) : (
        <Countdown what="Purged" ended="Its retention has ended" from={deletedAt} until={purgeAt} isSilent />
      )}
      <p>
        {coverageInWords(line)}. Deleted by {deletedBy ?? 'somebody whom the HSM’s log does not name'}
        {deletedAt !== undefined && (
          <>
            , <At at={deletedAt} />
          </>
        )}
        .
      </p>
      {request === undefined ? (
        can.request && (
          <button type="button" onClick={ask}>
            Ask for recovery<span class="unseen"> of {key}</span>
          </button>
        )
      ) : (
        <p>
          <Link href={requestPath(request.id)}>A request for it</Link>:{' '}
          <Said of="request" value={request.state} />
        </p>
      )}
    </>
  );
}
