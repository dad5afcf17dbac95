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
import { At } from '../../ui/time.tsx';
import { lossInWords } from '../../words/loss.ts';

interface LossNoteProps {
  readonly line: KeyLine;
  /** Called when it was acknowledged. */
  readonly after: () => void;
}

/** The remark. */
export function LossNote({ line, after }: LossNoteProps): JSX.Element {
  const { can } = useContext(MeContext);
  const { finding, acknowledged } = line.loss ?? {};
  const { title, words, tone, canAcknowledge } = lossInWords(line);
  const form = `acknowledge:${finding}`;
  const [draft, keep] = useDraft(form);
  const [isOpen, setOpen] = useState(draft !== undefined);
  const { isSending, problem, send } = useAction();
  function close(): void {
    keep(undefined);
    setOpen(false);
  }
  async function acknowledge(reason: string): Promise<void> {
    const path = `findings/${encodeURIComponent(finding ?? '')}/acknowledgement`;
    if ((await send({ path, body: { reason } })) === undefined) return;
    close();
    after();
  }
  return (
    <Note tone={tone} title={title}>
      <p>{words}</p>
      {acknowledged !== undefined && (
        <p>
          Acknowledged by {acknowledged.by}, <At at={acknowledged.at} />: {acknowledged.reason}
        </p>
      )}
      {can.approve && canAcknowledge && (
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
