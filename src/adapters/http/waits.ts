/** Says what this process waits for, to whoever listens in it: the command line shows it to people. */
import { definedOnly } from '../../core/defined-only.ts';

/** A wait begins, is between two tries, or is over. */
export type WaitNotice =
  /** An answer is waited for. */
  | { readonly kind: 'asking'; readonly id: number; readonly of: string }
  /** A try failed, and the next is due in so many milliseconds. */
  | { readonly kind: 'pausing'; readonly of: string; readonly why: string; readonly nextTryInMs: number }
  /** It is over; `failed` says in a word why no good answer came, like `503`. */
  | { readonly kind: 'over'; readonly id: number; readonly failed?: string };

/** Hears of every wait. */
export type WaitListener = (notice: WaitNotice) => void;

const listeners = new Set<WaitListener>();
let last = 0;

/** Calls `listener` for every wait of this process, until the function it returns is called. */
export function onWaits(listener: WaitListener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Says that an answer of `of` is waited for; call what it returns when that is over, with a word for why it failed if it did. */
export function beginWait(of: string): (failed?: string) => void {
  last += 1;
  const id = last;
  publish({ kind: 'asking', id, of });
  return (failed) => publish({ kind: 'over', id, ...definedOnly({ failed }) });
}

/** Says that a try failed, and when the next one is due. */
export function noteWait(of: string, why: string, nextTryInMs: number): void {
  publish({ kind: 'pausing', of, why, nextTryInMs });
}

function publish(notice: WaitNotice): void {
  for (const listener of listeners) listener(notice);
}
