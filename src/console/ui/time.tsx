/** Points in time: local to the reader, in UTC on hover and for screen readers. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { appTime } from '../api/clock.ts';
import { agoInWords } from '../words/duration.ts';
import { epochOf, localTime, utcTime } from '../words/time.ts';

/** The app's time, epoch milliseconds, renewed every `stepMs`. */
export function useNow(stepMs = 30_000): number {
  const [, step] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => step((count) => count + 1), stepMs);
    return () => clearInterval(timer);
  }, [stepMs]);
  return appTime();
}

interface AtProps {
  readonly at: string | number;
}

/** `28 Nov 2026, 22:31`. */
export function At({ at }: AtProps): JSX.Element {
  return <Stamp at={epochOf(at)} text={localTime(epochOf(at))} />;
}

/** `5 minutes ago`. */
export function Ago({ at }: AtProps): JSX.Element {
  const now = useNow();
  return <Stamp at={epochOf(at)} text={agoInWords(epochOf(at), now)} />;
}

function Stamp({ at, text }: { readonly at: number; readonly text: string }): JSX.Element {
  const utc = utcTime(at);
  return (
    <time dateTime={new Date(at).toISOString()} title={utc}>
      {text}
      <span class="unseen"> ({utc})</span>
    </time>
  );
}
