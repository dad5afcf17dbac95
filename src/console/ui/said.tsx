/** States as words with their tone. */
import type { JSX } from 'preact';
import { keyWord, requestState, runState, verdictWord } from '../words/states.ts';
import { Word } from './word.tsx';

const KINDS = { request: requestState, key: keyWord, verdict: verdictWord, run: runState } as const;

/** The state `value` of a thing of the kind `of`. */
export function Said({
  of,
  value,
}: {
  readonly of: keyof typeof KINDS;
  readonly value: string;
}): JSX.Element {
  const [word, tone] = KINDS[of](value);
  return <Word tone={tone}>{word}</Word>;
}

/** The word on a key; of an old picture it says only what the key was. */
export function KeyWord({ value, isOld }: { readonly value: string; readonly isOld: boolean }): JSX.Element {
  if (!isOld) return <Said of="key" value={value} />;
  return <Word tone="unknown">Cannot tell, was: {keyWord(value)[0].toLowerCase()}</Word>;
}
