/** Points in time: local to the reader, in UTC on hover and for screen readers. */
import type { JSX } from 'preact';
import { agoInWords } from '../words/duration.ts';
import { epochOf, localTime, utcTime } from '../words/time.ts';
import { useNow } from './clock.ts';

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
