/** Request: should I approve exactly this? */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { RequestView } from '../../api/model.ts';
import type { Resource } from '../../api/resource.ts';
import { announce } from '../../ui/announce.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { Said } from '../../ui/said.tsx';
import { operationTitle } from '../../words/operation.ts';
import { isClosed, requestState } from '../../words/states.ts';
import { Doing } from './doing.tsx';
import { Evidence } from './evidence.tsx';
import { ExecutionNote } from './execution.tsx';
import { History } from './history.tsx';
import { OutcomeNote } from './outcome.tsx';
import { Standing } from './standing.tsx';
import { useDeletedBy } from './use-deleted-by.ts';
import { useRequest } from './use-request.ts';
import { Votes } from './votes.tsx';

/** The page. */
export function RequestPage({ params }: { readonly params: Readonly<Record<string, string>> }): JSX.Element {
  const { id = '' } = params;
  const request = useRequest(id);
  const title = request.value === undefined ? 'Request' : operationTitle(request.value.operation);
  useAnnounced(request.value?.state);
  return (
    <Page title={title}>
      <Loaded of={request} what="the request">
        {(view) => <Body view={view} request={request} />}
      </Loaded>
    </Page>
  );
}

interface BodyProps {
  readonly view: RequestView;
  readonly request: Resource<RequestView>;
}

function Body({ view, request: { put, reload, problem } }: BodyProps): JSX.Element {
  const deletedBy = useDeletedBy(view);
  const isDecided = isClosed(view.state) || view.state === 'executing';
  return (
    <>
      <p>
        <Said of="request" value={view.state} />
      </p>
      {isDecided ? (
        <OutcomeNote of={view} />
      ) : (
        <Standing key={view.id} view={view} put={put} reload={reload} isOld={problem !== undefined} />
      )}
      <ExecutionNote of={view} />
      <Times of={view} />
      <Doing of={view} deletedBy={deletedBy} />
      <Votes of={view} />
      <Evidence of={view} />
      <History of={view.history ?? []} />
    </>
  );
}

function Times({ of }: { readonly of: RequestView }): JSX.Element | null {
  if (isClosed(of.state)) return null;
  const { createdAt, expiresAt, operation, purgeAt } = of;
  return (
    <>
      <Countdown
        what="This request expires"
        ended="This request has expired"
        from={createdAt}
        until={expiresAt}
      />
      {purgeAt !== undefined && (
        <Countdown
          what="The key is purged"
          ended="The key’s retention has ended"
          from={operation.deletedAt}
          until={purgeAt}
        />
      )}
    </>
  );
}

/** Says a new state aloud; the first one is read with the page. */
function useAnnounced(state: string | undefined): void {
  const known = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (state === undefined) return;
    if (known.current !== undefined && known.current !== state)
      announce(`The request is now: ${requestState(state)[0]}.`);
    known.current = state;
  }, [state]);
}
