/** Says something to screen readers, once, without moving anybody. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const SAID = 'warden:said';

/** Says `text` when the reader pauses. */
export function announce(text: string): void {
  dispatchEvent(new CustomEvent(SAID, { detail: text }));
}

/** Where it is said: once on the page. */
export function Announcer(): JSX.Element {
  const [text, setText] = useState('');
  useEffect(() => {
    const hear = (event: Event): void => {
      if (event instanceof CustomEvent) setText(String(event.detail));
    };
    addEventListener(SAID, hear);
    return () => removeEventListener(SAID, hear);
  }, []);
  return (
    <div class="unseen" role="status" aria-live="polite">
      {text}
    </div>
  );
}
