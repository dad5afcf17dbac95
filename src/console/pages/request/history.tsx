/** What happened to the request so far. */
import type { JSX } from 'preact';
import type { TimelineEvent } from '../../api/model.ts';
import { At } from '../../ui/time.tsx';

/** The section; nothing where nothing is known. */
export function History({ of }: { readonly of: readonly TimelineEvent[] }): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <section>
      <h2>History</h2>
      <ol class="timeline">
        {of.map(({ at, kind, text, by }, index) => (
          // One person may do the same within a second.
          <li key={`${at} ${kind} ${index}`}>
            <span class="when">
              <At at={at} />
            </span>
            <span>
              {text.replace(/\.$/, '')}
              {by !== undefined && `, by ${by}`}.
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
