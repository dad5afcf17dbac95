/** What happened to the request so far. */
import type { JSX } from 'preact';
import type { RequestView } from '../../api/model.ts';
import { At } from '../../ui/time.tsx';

/** The section; nothing where nothing is known. */
export function History({ of }: { readonly of: RequestView }): JSX.Element | null {
  const { history = [] } = of;
  if (history.length === 0) return null;
  return (
    <section>
      <h2>History</h2>
      <ol class="timeline">
        {history.map(({ at, event, by, detail, signIn }, index) => (
          // One person may do the same within a second.
          <li key={`${at} ${event} ${index}`}>
            <span class="when">
              <At at={at} />
            </span>
            <span>
              <strong>{words(event)}</strong> by {by}. {detail}
              {signIn !== undefined && ` Sign-in: ${signIn}.`}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function words(event: string): string {
  const text = event.replace(/^recovery-/, '').replaceAll('-', ' ');
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
}
