/** Home: is every key safe, and since when do we know? */

import type { JSX } from 'preact';
import type { Home } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { FleetDoubt } from '../../ui/fleet-doubt.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Note } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';
import { Sentences } from '../../ui/text.tsx';
import { Hsms } from './hsms.tsx';
import { Incidents } from './incidents.tsx';
import { NightStrip } from './night-strip.tsx';
import { Unreached } from './unreached.tsx';
import { Urgent } from './urgent.tsx';
import { VerdictLine } from './verdict-line.tsx';

/** The picture is renewed this often, in milliseconds. */
const EVERY_MS = 60_000;

/** The page. */
export function HomePage(): JSX.Element {
  const home = useResource<Home>('home', (api, signal) => api.get('console/home', {}, signal), EVERY_MS);
  return (
    <Page title="Is every key safe?">
      <Loaded of={home} what="the state of the keys">
        {(value) => (
          <>
            <VerdictLine home={value} isOld={home.problem !== undefined} />
            <FleetDoubt of={value.fleetDoubt} />
            {!value.gate.armed && (
              <Note tone="bad" title="The gate is disarmed: no recovery can be approved or executed">
                <Sentences of={value.gate.problems} />
              </Note>
            )}
            <Urgent home={value} />
            <Unreached of={value.channels} />
            <Incidents />
            <Hsms of={value.hsms} />
            <NightStrip nights={value.nights} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
