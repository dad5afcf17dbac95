/** What could not be read, so that nobody takes its absence for an answer. */

import type { JSX } from 'preact';
import { Note } from './note.tsx';
import { Sentences } from './text.tsx';

/** The remark; nothing where everything was read. */
export function NotRead({ of }: { readonly of: readonly string[] }): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <Note tone="unknown" title="Not everything could be read">
      <Sentences of={of} />
    </Note>
  );
}
