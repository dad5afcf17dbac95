/** A remark that stands out: what is wrong, what to know, what to do. */
import type { ComponentChildren, JSX } from 'preact';
import { Sentences } from './text.tsx';
import type { Tone } from './word.tsx';

interface NoteProps {
  readonly tone: Tone;
  readonly title?: string;
  /** Said aloud when it appears. */
  readonly isUrgent?: boolean;
  readonly children?: ComponentChildren;
}

/** The remark. */
export function Note({ tone, title, isUrgent = false, children }: NoteProps): JSX.Element {
  return (
    <div class={`note ${tone}`} role={isUrgent ? 'alert' : undefined}>
      {title !== undefined && <p class="note-title">{title}</p>}
      {children}
    </div>
  );
}

/** The remark; nothing where everything was read. */
export function NotRead({ of }: { readonly of: readonly string[] }): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <Note tone="unknown" title="Not everything could be read">
      <Sentences of={of} />
    </Note>
  );
}
