/** What a person has typed, kept for this tab until it is sent: a new sign-in takes the page away and loses nothing. */

const PREFIX = 'warden.draft.';

/** The draft of a form; `undefined`: the form is not open. */
export function readDraft(form: string): string | undefined {
  return sessionStorage.getItem(PREFIX + form) ?? undefined;
}

/** Keeps the draft; `undefined` forgets it. */
export function keepDraft(form: string, text: string | undefined): void {
  if (text === undefined) sessionStorage.removeItem(PREFIX + form);
  else sessionStorage.setItem(PREFIX + form, text);
}

/** The first form with a draft whose name begins with `start`. */
export function draftLike(start: string): string | undefined {
  const found = Object.keys(sessionStorage).find((name) => name.startsWith(PREFIX + start));
  return found?.slice(PREFIX.length);
}
