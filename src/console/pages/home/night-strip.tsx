/** The last nights, one cell each: a sign for how it went, and the words for it. */
import type { JSX } from 'preact';
import type { Night } from '../../api/model.ts';
import { Link } from '../../routing/router.tsx';
import { NIGHT_LEGEND, NIGHT_SIGNS, nightInWords, nightWord } from '../../words/night.ts';

/** The strip. */
export function NightStrip({ nights }: { readonly nights: readonly Night[] }): JSX.Element {
  return (
    <section>
      <h2>The last {nights.length} nights</h2>
      <ol class="strip">
        {nights.map((night) => {
          const word = nightWord(night);
          const words = nightInWords(night);
          return (
            <li key={night.date}>
              <Link
                href={`/nights?day=${night.date}`}
                class={`night ${word}`}
                title={words}
                aria-label={words}
              >
                {NIGHT_SIGNS[word]}
              </Link>
            </li>
          );
        })}
      </ol>
      <p class="small">{NIGHT_LEGEND}</p>
    </section>
  );
}
