/** The way to take note of something that is wrong and stays so: a button, and a dialog that wants a reason. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useAction } from '../api/use-action.ts';
import { useDraft } from '../session/drafts.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ReasonForm } from '../ui/reason-form.tsx';

interface AcknowledgeProps {
  /** Identifies what is acknowledged, for the draft of its reason. */
  readonly id: string;
  /** The route that takes the reason. */
  readonly path: string;
  readonly button: string;
  /** What the button is called where its own words do not tell it from others. */
  readonly label?: string;
  /** Whether the button is there; a dialog that is open stays. */
  readonly isOffered: boolean;
  readonly title: string;
  readonly question: string;
  readonly isDangerous?: boolean;
  /** Called when it was acknowledged. */
  readonly after: () => void;
  readonly children?: ComponentChildren;
}

/** The button and, when it was pressed, the dialog. */
export function Acknowledge(props: AcknowledgeProps): JSX.Element {
  const { id, path, button, label, isOffered, title, question, isDangerous = false, after } = props;
  const [draft, keep] = useDraft(`acknowledge:${id}`);
  const [isOpen, setOpen] = useState(draft !== undefined);
  const { isSending, problem, send } = useAction();
  function close(): void {
    keep(undefined);
    setOpen(false);
  }
  async function acknowledge(reason: string): Promise<void> {
    if ((await send({ path, body: { reason } })) === undefined) return;
    close();
    after();
  }
  return (
    <>
      {isOffered && (
        <button type="button" aria-label={label} onClick={() => setOpen(true)}>
          {button}
        </button>
      )}
      {isOpen && (
        <Dialog title={title} close={close}>
          {props.children}
          <ReasonForm
            label={question}
            button="Acknowledge"
            isDangerous={isDangerous}
            text={draft ?? ''}
            change={keep}
            isSending={isSending}
            problem={problem}
            send={(reason) => void acknowledge(reason)}
            cancel={close}
          />
        </Dialog>
      )}
    </>
  );
}
