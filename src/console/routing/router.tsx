/** Which page stands at an address, and links that change the address without loading the page again. */
import { createContext, type JSX } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

/** An address of the console. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Where the console is. */
export const PlaceContext = createContext<Place>({ path: '/', query: new URLSearchParams() });

const MOVED = 'warden:moved';

/** Goes to an address of the console. */
export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', to);
  else history.replaceState(null, '', to);
  dispatchEvent(new Event(MOVED));
}

/** The address, followed. */
export function usePlace(): Place {
  const [place, setPlace] = useState(currentPlace);
  useEffect(() => {
    const follow = (): void => setPlace(currentPlace());
    addEventListener('popstate', follow);
    addEventListener(MOVED, follow);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener(MOVED, follow);
    };
  }, []);
  return place;
}

function currentPlace(): Place {
  const path = location.pathname.replace(/(.)\/+$/, '$1');
  return { path, query: new URLSearchParams(location.search) };
}

/** The query of the address, and a way to change some of it; an empty text leaves a member out. */
export function useQuery(): [URLSearchParams, (change: Readonly<Record<string, string>>) => void] {
  const { path, query } = useContext(PlaceContext);
  function change(members: Readonly<Record<string, string>>): void {
    const next = new URLSearchParams(query);
    for (const [name, value] of Object.entries(members)) {
      if (value === '') next.delete(name);
      else next.set(name, value);
    }
    const search = next.toString();
    go(search === '' ? path : `${path}?${search}`, 'replace');
  }
  return [query, change];
}

/** A link within the console. */
export function Link({ href, ...rest }: JSX.IntrinsicElements['a'] & { href: string }): JSX.Element {
  function follow(event: MouseEvent): void {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  }
  return <a {...rest} href={href} onClick={follow} />;
}
