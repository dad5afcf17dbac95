/** The recovery requests for a key. */
import type { JSX } from 'preact';
import type { WaitingRequest } from '../../api/model.ts';
import { requestPath } from '../../routing/paths.ts';
import { Link } from '../../routing/router.tsx';
import { Said } from '../../ui/said.tsx';

/** The list; nothing where there is none. */
export function KeyRequests({ of }: { readonly of: readonly WaitingRequest[] }): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <section>
      <h2>Requests</h2>
      <ul>
        {of.map(({ id, action, requester, state }) => (
          <li key={id}>
            <Link href={requestPath(id)}>
              {action === 'recover' ? 'Recover' : 'Restore'}, asked by {requester}
            </Link>{' '}
            <Said of="request" value={state} />
          </li>
        ))}
      </ul>
    </section>
  );
}
