/** Time that runs out: a bar, the words, the exact moment; said aloud at milestones only. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { milestone, spanInWords } from '../words/duration.ts';
import { epochOf } from '../words/time.ts';
import { announce } from './announce.tsx';
import { At, useNow } from './time.tsx';

interface CountdownProps {
  /** What ends: `This request expires`. */
  readonly what: string;
  /** What is said when it has ended: `This request has expired`. */
  readonly ended: string;
  readonly from: string | number | undefined;
  readonly until: string | number;
  /** Lists stay silent. */
  readonly isSilent?: boolean;
}

/** Counts down to `until`. */
export function Countdown({ what, ended, from, until, isSilent = false }: CountdownProps): JSX.Element {
  const now = useNow(1000);
  const end = epochOf(until);
  const left = end - now;
  const mark = milestone(left);
  const said = useRef(mark);
  useEffect(() => {
    if (said.current === mark) return;
    said.current = mark;
    if (!isSilent) announce(left > 0 ? `${what} in ${spanInWords(left)}` : `${ended}.`);
  });
  const whole = from === undefined ? undefined : end - epochOf(from);
  const words = left > 0 ? `${what} in ${spanInWords(left, 3)}` : ended;
  return (
    <div class={left > 0 ? 'countdown' : 'countdown ended'}>
      {whole !== undefined && whole > 0 && (
        <progress aria-hidden="true" max={whole} value={Math.min(whole, Math.max(0, left))} />
      )}
      <span>
        {words}, <At at={end} />
      </span>
    </div>
  );
}
