/** A form that wants a reason and sends it. */
import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { ApiProblem } from '../api/problem.ts';
import { Stop } from './stop.tsx';
import { Trouble } from './trouble.tsx';

interface ReasonFormProps {
  readonly label: string;
  readonly button: string;
  readonly isDangerous?: boolean;
  readonly text: string;
  readonly change: (text: string) => void;
  readonly isSending: boolean;
  readonly problem: ApiProblem | undefined;
  /** Why nothing may be sent now, in a sentence. */
  readonly stop?: string | undefined;
  readonly send: (reason: string) => void;
  readonly cancel: () => void;
  readonly children?: ComponentChildren;
}

/** The form. */
export function ReasonForm(props: ReasonFormProps): JSX.Element {
  const { label, button, isDangerous = false, text, isSending, problem, stop } = props;
  const id = useId();
  const [isMissing, setMissing] = useState(false);
  function submit(event: Event): void {
    event.preventDefault();
    if (stop !== undefined) return;
    const reason = text.trim();
    setMissing(reason === '');
    if (reason !== '') props.send(reason);
  }
  return (
    <form onSubmit={submit} noValidate>
      {props.children}
      <div class="field wide">
        <label for={id}>{label}</label>
        <textarea
          id={id}
          rows={3}
          maxLength={1000}
          required
          aria-invalid={isMissing}
          aria-describedby={isMissing ? `${id}-missing` : undefined}
          value={text}
          onInput={(event) => props.change(event.currentTarget.value)}
        />
        {isMissing && (
          <p id={`${id}-missing`} class="fault" role="alert">
            Give a reason: it is kept in the audit log.
          </p>
        )}
      </div>
      {problem !== undefined && <Trouble problem={problem} />}
      {stop !== undefined && <Stop why={stop} />}
      <div class="buttons">
        <button
          type="submit"
          class={isDangerous ? 'danger' : 'primary'}
          disabled={isSending || stop !== undefined}
        >
          {isSending ? 'Sending…' : button}
        </button>
        <button type="button" onClick={props.cancel}>
          Back
        </button>
      </div>
    </form>
  );
}
