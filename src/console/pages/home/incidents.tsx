/** What people are reminded of: incidents that last, and the way to take note of one. */

import type { JSX } from 'preact';
import { useContext } from 'preact/hooks';
import { MeContext } from '../../api/context.ts';
import type { Incident } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Text } from '../../ui/text.tsx';
import { Ago, At } from '../../ui/time.tsx';
import { counted } from '../../words/count.ts';
import { AcknowledgeIncident } from '../acknowledge-incident.tsx';
import { List } from './urgent-list.tsx';

/** The list is renewed this often, in milliseconds. */
const EVERY_MS = 60_000;

/** The list; where nobody is reminded of anything, nothing. */
export function Incidents(): JSX.Element {
  const incidents = useResource<{ readonly items: readonly Incident[] }>(
    'incidents',
    (api, signal) => api.get('incidents', {}, signal),
    EVERY_MS,
  );
  return (
    <Loaded of={incidents} what="what people are reminded of">
      {({ items }) =>
        items.length > 0 && (
          <List title={counted(items.length, 'incident lasts', 'incidents last')} isWhole>
            {items.map((incident) => (
              <li key={incident.id}>
                <Lasting of={incident} after={incidents.reload} />
              </li>
            ))}
          </List>
        )
      }
    </Loaded>
  );
}

function Lasting({ of, after }: { readonly of: Incident; readonly after: () => void }): JSX.Element {
  const { can } = useContext(MeContext);
  const { id, reference, what, subjects, since, acknowledged } = of;
  return (
    <>
      <strong>{reference}:</strong> <Text of={what} /> {subjects > 1 && `And ${subjects - 1} more. `}
      <Ago at={since} />.{' '}
      {acknowledged !== undefined && (
        <>
          Acknowledged by {acknowledged.by}, <At at={acknowledged.at} />: {acknowledged.reason}
        </>
      )}
      <AcknowledgeIncident
        id={id}
        reference={reference}
        isOffered={can.approve && acknowledged === undefined}
        after={after}
      />
    </>
  );
}
