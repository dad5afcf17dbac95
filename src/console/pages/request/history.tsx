/** What happened to the request so far. */

import type { JSX } from 'preact';
import type { RequestView } from '../../api/model.ts';
import { Text } from '../../ui/text.tsx';
import { At } from '../../ui/time.tsx';
import { happenedInWords } from '../../words/happened.ts';

type Happening = NonNullable<RequestView['history']>[number];

/** The section; nothing where nothing is known. */
export function History({ of }: { readonly of: readonly Happening[] }): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <section>
      <h2>History</h2>
      <ol class="timeline">
        {of.map((happening, index) => (
          // One person may do the same within a second.
          <li key={`${happening.at} ${happening.event} ${index}`}>
            <span class="when">
              <At at={happening.at} />
            </span>
            <span>
              <Text of={happenedInWords(happening)} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
