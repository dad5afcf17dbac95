/** A lost key: what it means, and the way to take note of it. */
import type { JSX } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { MeContext } from '../../api/context.ts';
import type { KeyLine } from '../../api/model.ts';
import { useAction } from '../../api/use-action.ts';
import { useDraft } from '../../session/use-draft.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Note } from '../../ui/note.tsx';
import { ReasonForm } from '../../ui/reason-form.tsx';

interface LossNoteProps {
  readonly line: KeyLine;
  /** Called when it was acknowledged. */
  readonly after: () => void;
}

/** The remark. */
export function LossNote({ line, after }: LossNoteProps): JSX.Element {
  const { can } = useContext(MeContext);
  const form = `acknowledge:${line.finding}`;
  const [draft, keep] = useDraft(form);
  const [isOpen, setOpen] = useState(draft !== undefined);
  const { isSending, problem, send } = useAction();
  function close(): void {
    keep(undefined);
    setOpen(false);
  }
  async function acknowledge(reason: string): Promise<void> {
    const path = `findings/${encodeURIComponent(line.finding ?? '')}/acknowledgement`;
    if ((await send({ path, body: { reason } })) === undefined) return;
    close();
    after();
  }
  return (
    <Note tone="bad" title="This key is lost">
      <p>No backup brings it back as it was. It counts as lost until somebody takes note of it.</p>
      {can.approve && (
        <button type="button" onClick={() => setOpen(true)}>
          Acknowledge the loss
        </button>
      )}
      {isOpen && (
        <Dialog title={`Acknowledge that ${line.key} is lost`} close={close}>
          <ReasonForm
            label="Why may it stay lost?"
            button="Acknowledge"
            isDangerous
            text={draft ?? ''}
            change={keep}
            isSending={isSending}
            problem={problem}
            send={(reason) => void acknowledge(reason)}
            cancel={close}
          />
        </Dialog>
      )}
    </Note>
  );
}
