/** Recoveries of the last days that did not do what was approved, or of which that is not proven. */

import type { JSX } from 'preact';
import type { Home } from '../../api/model.ts';
import { requestPath } from '../../routing/paths.ts';
import { Link } from '../../routing/router.tsx';
import { Text } from '../../ui/text.tsx';
import { Ago } from '../../ui/time.tsx';
import { counted, sentence } from '../../words/count.ts';
import { operationTitle } from '../../words/operation.ts';
import { requestState } from '../../words/states.ts';
import { List } from './urgent-list.tsx';

interface EndedProps {
  readonly of: Home['ended'];
  /** What could not be read stands there already. */
  readonly isSaid: boolean;
}

/** The list; nothing where nothing is on it. */
export function Ended({ of: { count, unknown, items }, isSaid }: EndedProps): JSX.Element {
  const title = counted(count, 'recovery ended and needs a look', 'recoveries ended and need a look');
  return (
    <>
      {unknown !== undefined && !isSaid && (
        <p class="note unknown">
          Recoveries that ended cannot be read: <Text of={unknown} />
        </p>
      )}
      <List title={count > items.length ? `${title}, ${items.length} shown` : title}>
        {items.map((request) => (
          <li key={request.id}>
            <Link href={requestPath(request.id)}>{operationTitle(request)}</Link>:{' '}
            <strong>{requestState(request.state)[0]}.</strong> <Text of={sentence(request.what)} />{' '}
            <Ago at={request.endedAt} />
          </li>
        ))}
      </List>
    </>
  );
}
