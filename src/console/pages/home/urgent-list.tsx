/** A list of what needs somebody, under its number. */
import type { ComponentChildren, JSX } from 'preact';

/** The list; nothing where nothing is on it. */
export function List({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren[];
}): JSX.Element | null {
  if (children.length === 0) return null;
  return (
    <section class="urgent">
      <h2>{title}</h2>
      <ul>{children}</ul>
    </section>
  );
}
