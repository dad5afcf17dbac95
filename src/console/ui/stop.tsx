/** Why an open form may not be sent now. */

import type { JSX } from 'preact';
import { Note } from './note.tsx';
import { Text } from './text.tsx';

/** The remark. */
export function Stop({ why }: { readonly why: string }): JSX.Element {
  return (
    <Note tone="warn" title="Nothing can be sent now" isUrgent>
      <p>
        <Text of={why} />
      </p>
    </Note>
  );
}
