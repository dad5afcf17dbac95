/** A form's draft as a state of the page. */
import { useState } from 'preact/hooks';
import { keepDraft, readDraft } from './drafts.ts';

/** The text typed into `form`, and how to change it; `undefined` forgets it. */
export function useDraft(form: string): readonly [string | undefined, (text: string | undefined) => void] {
  const [text, setText] = useState(() => readDraft(form));
  function change(next: string | undefined): void {
    keepDraft(form, next);
    setText(next);
  }
  return [text, change];
}
