/** The frame of a page: its title, in the window, too, and the focus on it after a move. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface PageProps {
  readonly title: string;
  /** The one question that the page answers. */
  readonly lead?: ComponentChildren;
  readonly children: ComponentChildren;
}

let isFirst = true;

/** The page. */
export function Page({ title, lead, children }: PageProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · HSM Warden`;
  }, [title]);
  useEffect(() => {
    // The browser puts the focus on a page it loads; a move within the console is ours.
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {lead !== undefined && <p class="lead">{lead}</p>}
      {children}
    </>
  );
}
