/** The one sentence. */
import type { JSX } from 'preact';
import type { Home } from '../../api/model.ts';
import { Said } from '../../ui/said.tsx';
import { Ago, At, useNow } from '../../ui/time.tsx';
import { overallNow } from '../../words/judge.ts';

interface VerdictLineProps {
  readonly home: Home;
  /** The last try to renew the picture failed. */
  readonly isOld: boolean;
}

/** The verdict, since when it is known, and what it rests on. */
export function VerdictLine({ home, isOld }: VerdictLineProps): JSX.Element {
  const verdict = overallNow(home, useNow(), isOld);
  const isGone = verdict !== home.verdict;
  const seen = home.judgedAt;
  return (
    <section class={`verdict ${verdict}`} aria-label="Verdict">
      <Said of="verdict" value={verdict} />
      <p class="sentence">
        {isGone ? 'Cannot tell: the picture below is too old to say that every key is safe.' : home.sentence}
      </p>
      <p class="small">
        {seen === undefined ? (
          'No scan has seen every key yet.'
        ) : (
          <>
            Known as of <At at={seen} /> (<Ago at={seen} />
            ).
          </>
        )}{' '}
        {home.sealed
          ? 'It rests on sealed records.'
          : 'It does not rest on seals: whoever can write the storage could make it up.'}
      </p>
    </section>
  );
}
