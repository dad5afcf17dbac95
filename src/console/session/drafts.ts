import { useState } from 'preact/hooks';

/** What a person has typed, kept for this tab until it is sent: a new sign-in takes the page away and loses nothing. */

const PREFIX = 'warden.draft.';

/** The draft of a form; `undefined`: the form is not open. */
export function readDraft(form: string): string | undefined {
  return sessionStorage.getItem(PREFIX + form) ?? undefined;
}

/** Keeps the draft; `undefined` forgets it. */
function keepDraft(form: string, text: string | undefined): void {
  if (text === undefined) sessionStorage.removeItem(PREFIX + form);
  else sessionStorage.setItem(PREFIX + form, text);
}

/** The first form with a draft whose name begins with `start`. */
export function draftLike(start: string): string | undefined {
  const found = Object.keys(sessionStorage).find((name) => name.startsWith(PREFIX + start));
  return found?.slice(PREFIX.length);
}

/** The text typed into `form`, and how to change it; `undefined` forgets it. */
export function useDraft(form: string): readonly [string | undefined, (text: string | undefined) => void] {
  const [text, setText] = useState(() => readDraft(form));
  function change(next: string | undefined): void {
    keepDraft(form, next);
    setText(next);
  }
  return [text, change];
}
