/** What changed since the person was shown the request. */

import type { JSX } from 'preact';
import { Note } from '../../ui/note.tsx';
import { Sentences } from '../../ui/text.tsx';

/** The list; nothing where nothing changed. */
export function Changes({ of }: { readonly of: readonly string[] }): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <Note tone="warn" title="The request changed while you looked" isUrgent>
      <Sentences of={of} />
    </Note>
  );
}
