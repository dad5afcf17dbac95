/** What surrounds every page: where one can go, who one is, and the page itself. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { MeContext } from '../api/context.ts';
import type { Me } from '../api/model.ts';
import { useResource } from '../api/resource.ts';
import { pageAt } from '../routing/page-at.ts';
import { PlaceContext, usePlace } from '../routing/router.tsx';
import { Announcer } from '../ui/announce.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { PageView } from './page-view.tsx';
import { TopBar } from './top-bar.tsx';

/** The console of a person who is signed in. */
export function Shell(): JSX.Element {
  const place = usePlace();
  const me = useResource<Me>('me', (api, signal) => api.get('console/me', {}, signal));
  const isOnline = useOnline();
  const at = pageAt(place.path);
  return (
    <PlaceContext.Provider value={place}>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <TopBar path={place.path} me={me.value} />
      {!isOnline && (
        <p class="offline" role="alert">
          This device is offline. What is shown is as old as it says.
        </p>
      )}
      <main id="main" tabIndex={-1}>
        {me.value === undefined ? (
          <Loaded of={me} what="who you are">
            {() => null}
          </Loaded>
        ) : (
          // Who one is does not grow old: each page says for itself how old it is.
          <MeContext.Provider value={me.value}>
            <PageView key={place.path} at={at} />
          </MeContext.Provider>
        )}
      </main>
      <Announcer />
    </PlaceContext.Provider>
  );
}

function useOnline(): boolean {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const follow = (): void => setOnline(navigator.onLine);
    addEventListener('online', follow);
    addEventListener('offline', follow);
    return () => {
      removeEventListener('online', follow);
      removeEventListener('offline', follow);
    };
  }, []);
  return isOnline;
}
