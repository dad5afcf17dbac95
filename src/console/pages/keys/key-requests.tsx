/** The recovery requests for a key. */
import type { JSX } from 'preact';
import type { WaitingRequest } from '../../api/model.ts';
import { requestPath } from '../../routing/paths.ts';
import { Link } from '../../routing/router.tsx';
import { Said } from '../../ui/said.tsx';
import { operationTitle } from '../../words/operation.ts';

/** The list; nothing where there is none. */
export function KeyRequests({ of }: { readonly of: readonly WaitingRequest[] }): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <section>
      <h2>Requests</h2>
      <ul>
        {of.map((request) => (
          <li key={request.id}>
            <Link href={requestPath(request.id)}>
              {operationTitle(request)}, asked by {request.requester}
            </Link>{' '}
            <Said of="request" value={request.state} />
          </li>
        ))}
      </ul>
    </section>
  );
}
