/** A state as a word with a sign and a tone: the word carries the meaning, the colour only helps. */
import type { ComponentChildren, JSX } from 'preact';

export type Tone = 'good' | 'bad' | 'warn' | 'calm' | 'unknown';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', bad: '✕', warn: '!', calm: '•', unknown: '?' };

/** The word. */
export function Word({
  tone,
  children,
}: {
  readonly tone: Tone;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <span class={`word ${tone}`}>
      <span aria-hidden="true">{SIGNS[tone]}&nbsp;</span>
      {children}
    </span>
  );
}
