/** How old what is shown is, by HSM, said plainly when it is too old. */

import type { JSX } from 'preact';
import { isStale } from '../words/judge.ts';
import { useNow } from './clock.ts';
import { Note } from './note.tsx';
import { Text } from './text.tsx';
import { Ago, At } from './time.tsx';

interface Seen {
  readonly hsm?: string;
  readonly judgedAt?: string;
  readonly staleAfter?: string;
  readonly stale: boolean;
  readonly why?: string;
}

/** One line for each; a remark for each that is stale. */
export function AsOf({ of }: { readonly of: readonly Seen[] }): JSX.Element {
  const now = useNow();
  const fresh = of.filter((one) => !isStale(one, now));
  return (
    <>
      {of
        .filter((one) => isStale(one, now))
        .map(({ hsm, judgedAt, why }) => (
          <Note
            key={hsm}
            tone="unknown"
            title={`Cannot tell how the keys${hsm === undefined ? '' : ` of ${hsm}`} are now`}
          >
            <p>
              <Text of={why ?? 'The last picture is too old.'} />{' '}
              {judgedAt === undefined ? (
                'No scan has seen every key yet.'
              ) : (
                <>
                  What is shown is of <At at={judgedAt} />.
                </>
              )}
            </p>
          </Note>
        ))}
      {fresh.length > 0 && (
        <p class="small">
          As of{' '}
          {fresh.map(({ hsm, judgedAt }, index) => (
            <span key={hsm}>
              {index > 0 && ', '}
              {judgedAt === undefined ? 'an unknown time' : <Ago at={judgedAt} />}
              {hsm !== undefined && ` (${hsm})`}
            </span>
          ))}
        </p>
      )}
    </>
  );
}
