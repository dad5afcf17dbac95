/** A list of what needs somebody, under its number. */
import type { ComponentChildren, JSX } from 'preact';

/** So many lines stand open: whatever else is urgent must not be pushed off the page by a fleet's worth of one kind. */
const OPEN = 8;

interface ListProps {
  readonly title: string;
  /** All lines stand open: something on them may be under way. */
  readonly isWhole?: boolean;
  /** One list item each, what matters most first. */
  readonly children: ComponentChildren[];
}

/** The list; nothing where nothing is on it. */
export function List({ title, isWhole = false, children }: ListProps): JSX.Element | null {
  if (children.length === 0) return null;
  // One line more needs no fold.
  const open = isWhole || children.length <= OPEN + 1 ? children : children.slice(0, OPEN);
  const rest = children.slice(open.length);
  return (
    <section class="urgent">
      <h2>{title}</h2>
      <ul>{open}</ul>
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} more</summary>
          <ul>{rest}</ul>
        </details>
      )}
    </section>
  );
}
