/** Nights as a calendar: weeks from Monday, in each cell the day and a sign for how it went. */
import type { JSX } from 'preact';
import type { Night } from '../../api/model.ts';
import { Link } from '../../routing/router.tsx';
import { NIGHT_SIGNS, nightInWords, nightWord } from '../../words/night.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The calendar of `nights`, given newest first. */
export function Calendar({ nights }: { readonly nights: readonly Night[] }): JSX.Element {
  const ordered = [...nights].reverse();
  const [first] = ordered;
  return (
    <div class="calendar">
      {WEEKDAYS.map((day) => (
        <span key={day} class="small" aria-hidden="true">
          {day}
        </span>
      ))}
      <ol>
        {ordered.map((night) => {
          const { date } = night;
          const words = nightInWords(night);
          return (
            <li key={date} class={date === first?.date ? `from-${weekdayOf(date)}` : undefined}>
              <Link
                href={`/nights?day=${date}`}
                class={`night ${nightWord(night)}`}
                title={words}
                aria-label={words}
              >
                {date.slice(8)} {NIGHT_SIGNS[nightWord(night)]}
              </Link>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** 1 for Monday to 7 for Sunday. */
function weekdayOf(date: string): number {
  return ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
}
