/** How old what is shown is, by HSM, said plainly when it is too old. */

import type { JSX } from 'preact';
import { isStale } from '../words/judge.ts';
import { Note } from './note.tsx';
import { Text } from './text.tsx';
import { Ago, At, useNow } from './time.tsx';

interface Seen {
  readonly hsm?: string;
  readonly judgedAt?: string;
  readonly staleAfter?: string;
  readonly stale: boolean;
  readonly why?: string;
}

/** So many are named one by one. */
const FEW = 4;

/** One line for each, or for the oldest of many; a remark for each that is stale. */
export function AsOf({ of }: { readonly of: readonly Seen[] }): JSX.Element {
  const now = useNow();
  const fresh = of.filter((one) => !isStale(one, now));
  const [oldest] = fresh.flatMap(({ judgedAt }) => judgedAt ?? []).toSorted();
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
      {fresh.length > FEW && oldest !== undefined && (
        <p class="small">
          As of <Ago at={oldest} />, the oldest of the pictures of {fresh.length} HSMs.
        </p>
      )}
      {fresh.length > 0 && fresh.length <= FEW && (
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
