/** Forward through pages and back to the first. */
import type { JSX } from 'preact';

interface PagerProps {
  /** What is paged: `keys`. It tells this navigation from others. */
  readonly of: string;
  /** Where the next page begins; `undefined`: this is the last. */
  readonly next: string | undefined;
  readonly isFirst: boolean;
  readonly go: (next: string) => void;
}

/** The buttons; nothing where there is one page. */
export function Pager({ of, next, isFirst, go }: PagerProps): JSX.Element | null {
  if (next === undefined && isFirst) return null;
  return (
    <nav class="pager" aria-label={`Pages of ${of}`}>
      <button type="button" disabled={isFirst} onClick={() => go('')}>
        First page
      </button>
      <button type="button" disabled={next === undefined} onClick={() => go(next ?? '')}>
        Next page
      </button>
    </nav>
  );
}
