/** The last nights, one cell each: a sign for how it went, and the words for it. */
import type { JSX } from 'preact';
import type { Night } from '../../api/model.ts';
import { Link } from '../../routing/router.tsx';
import { NIGHT_SIGNS, nightInWords, nightWord } from '../../words/night.ts';

/** The strip. */
export function NightStrip({ nights }: { readonly nights: readonly Night[] }): JSX.Element {
  return (
    <section>
      <h2>The last {nights.length} nights</h2>
      <ol class="strip">
        {nights.map(({ date, runs }) => {
          const word = nightWord(runs);
          const words = nightInWords(date, runs);
          return (
            <li key={date}>
              <Link href={`/nights?day=${date}`} class={`night ${word}`} title={words} aria-label={words}>
                {NIGHT_SIGNS[word]}
              </Link>
            </li>
          );
        })}
      </ol>
      <p class="small">✓ all good, ✕ keys failed, … not finished, – no run. Days are of UTC.</p>
    </section>
  );
}
