/** That HSMs may be unknown that people added: nothing on the page is about these. */
import type { JSX } from 'preact';
import { Note } from './note.tsx';
import { Sentences } from './text.tsx';

/** The remark; nothing where all are known. `of`: sentences. */
export function FleetDoubt({ of }: { readonly of: string | undefined }): JSX.Element | null {
  if (of === undefined) return null;
  return (
    <Note tone="unknown" title="Not every HSM may be known">
      <Sentences of={[of]} />
    </Note>
  );
}
