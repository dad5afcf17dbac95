/** Nights: did the runs work? */
import type { JSX } from 'preact';
import type { NightPage, NightRun } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { nightPath } from '../../routing/paths.ts';
import { Link, useQuery } from '../../routing/router.tsx';
import { DayField, Filter } from '../../ui/filter.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Said } from '../../ui/said.tsx';
import { At } from '../../ui/time.tsx';
import { counted } from '../../words/count.ts';
import { gapsInWords, hasNews, NIGHT_LEGEND, runsInWords, troubles } from '../../words/night.ts';
import { Calendar } from './calendar.tsx';

/** The page. */
export function NightsPage(): JSX.Element {
  const [query, change] = useQuery();
  const day = query.get('day') ?? '';
  const before = query.get('before') ?? dayAfter(day);
  const nights = useResource<NightPage>(`nights ${before}`, (api, signal) =>
    api.get('console/nights', { days: 30, before }, signal),
  );
  return (
    <Page title="Nights" lead="One run for each HSM and night. Days are of UTC, newest first.">
      <Filter name="Choose a night">
        <DayField label="Up to" value={day} set={(value) => change({ day: value, before: '' })} />
      </Filter>
      <Loaded of={nights} what="the nights">
        {({ items, next }) => (
          <>
            {items.every((night) => !hasNews(night)) && (
              <p class="empty">No run is recorded in these nights.</p>
            )}
            <Calendar nights={items} />
            <p class="small">{NIGHT_LEGEND}</p>
            <ul class="nights">
              {items
                .filter((night) => night.date === day || hasNews(night))
                .map(({ date, runs, ...gaps }) => (
                  <li key={date}>
                    <h2>{date}</h2>
                    {gapsInWords(gaps).map((sentence) => (
                      <p key={sentence}>
                        <strong>{sentence}</strong>
                      </p>
                    ))}
                    {runs.length > 0 && <Runs of={runs} />}
                    {runs.length === 0 && gapsInWords(gaps).length === 0 && <p>No run.</p>}
                  </li>
                ))}
            </ul>
            <Pager
              of="nights"
              next={next}
              isFirst={query.get('before') === null}
              go={(to) => change({ before: to })}
            />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** So many runs stand open; of more those that were good are folded. */
const FEW = 4;

function Runs({ of }: { readonly of: readonly NightRun[] }): JSX.Element {
  const folded = of.length <= FEW ? [] : of.filter((run) => run.state === 'succeeded' && troubles(run) === 0);
  const open = of.filter((run) => !folded.includes(run));
  return (
    <>
      {open.length > 0 && <RunList of={open} />}
      {folded.length > 0 && (
        <details>
          <summary>{runsInWords(folded)}</summary>
          <RunList of={folded} />
        </details>
      )}
    </>
  );
}

function RunList({ of }: { readonly of: readonly NightRun[] }): JSX.Element {
  return (
    <ul>
      {of.map((run) => (
        <li key={run.runId}>
          <Link href={nightPath(run.hsm, run.runId)}>
            {run.hsm}, <At at={run.startedAt} />
          </Link>{' '}
          <Said of="run" value={run.state} /> {counted(run.counts.backedUp, 'key')} backed up,{' '}
          {run.counts.unchanged} unchanged, {run.counts.skipped} skipped, {run.counts.vanished} vanished,{' '}
          {troubles(run) === 0 ? '0 failed' : <strong>{troubles(run)} failed</strong>}
        </li>
      ))}
    </ul>
  );
}

/** Nights before the day after `day`, so that `day` comes first; all where there is none. */
function dayAfter(day: string): string | undefined {
  const start = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(start) ? undefined : new Date(start + 86_400_000).toISOString().slice(0, 10);
}
