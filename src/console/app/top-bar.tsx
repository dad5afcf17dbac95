/** The bar on top: the product, the pages, the person. On a narrow screen the pages are behind one button. */
import type { JSX } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { ApiContext } from '../api/context.ts';
import type { Me } from '../api/model.ts';
import { Link } from '../routing/router.tsx';

const PAGES = [
  ['/', 'Home'],
  ['/inbox', 'Inbox'],
  ['/requests', 'Requests'],
  ['/keys', 'Keys'],
  ['/deleted', 'Deleted keys'],
  ['/nights', 'Nights'],
  ['/drills', 'Drills'],
  ['/audit', 'Audit'],
  ['/hsms', 'HSMs'],
  ['/settings', 'Settings'],
] as const;

interface TopBarProps {
  readonly path: string;
  readonly me: Me | undefined;
}

/** The bar. */
export function TopBar({ path, me }: TopBarProps): JSX.Element {
  const { session } = useContext(ApiContext);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  const pages = PAGES.filter(([to]) => to !== '/audit' || me === undefined || me.can.audit);
  return (
    <header class="top">
      <div class="top-line">
        <Link href="/" class="brand">
          HSM Warden
        </Link>
        <button
          type="button"
          class="menu"
          aria-expanded={isOpen}
          aria-controls="pages"
          onClick={() => setOpen(!isOpen)}
        >
          Menu
        </button>
        <span class="person">
          {me?.name ?? session.name}
          <button type="button" class="plain" onClick={() => void session.signOut()}>
            Sign out
          </button>
        </span>
      </div>
      <nav id="pages" class={isOpen ? 'pages open' : 'pages'} aria-label="Console">
        <ul>
          {pages.map(([to, name]) => (
            <li key={to}>
              <Link href={to} aria-current={isWithin(path, to) ? 'page' : undefined}>
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}

function isWithin(path: string, page: string): boolean {
  if (page === '/') return path === '/';
  return (
    path === page || path.startsWith(`${page}/`) || (page === '/requests' && path.startsWith('/recoveries/'))
  );
}
