/** Rejects somebody's request or cancels one's own, with a reason. */
import type { JSX } from 'preact';
import type { RequestView } from '../../api/model.ts';
import { useDraft } from '../../session/drafts.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ReasonForm } from '../../ui/reason-form.tsx';
import { Changes } from './changes.tsx';
import { useDecision } from './use-decision.ts';

export type Ending = 'reject' | 'cancel';

const WORDS = {
  reject: { title: 'Reject this request', button: 'Reject', path: 'rejection', label: 'Why is it rejected?' },
  cancel: {
    title: 'Cancel your request',
    button: 'Cancel the request',
    path: 'cancellation',
    label: 'Why is it cancelled?',
  },
} as const;

/** Where the typed reason is kept. */
export function draftOf(ending: Ending, id: string): string {
  return `${ending}:${id}`;
}

interface EndDialogProps {
  readonly ending: Ending;
  readonly view: RequestView;
  /** Why nothing may be sent now, in a sentence. */
  readonly stop: string | undefined;
  readonly decided: (view: RequestView) => void;
  readonly close: () => void;
  readonly reload: () => void;
}

/** The dialog. */
export function EndDialog({ ending, view, stop, decided, close, reload }: EndDialogProps): JSX.Element {
  const { title, button, path, label } = WORDS[ending];
  const [draft, keep] = useDraft(draftOf(ending, view.id));
  const { isSending, problem, changes, send } = useDecision(view);
  function leave(): void {
    keep(undefined);
    if (problem !== undefined) reload();
    close();
  }
  async function end(reason: string): Promise<void> {
    const next = await send(path, { reason });
    if (next === undefined) return;
    keep(undefined);
    decided(next);
  }
  return (
    <Dialog title={title} close={leave}>
      <ReasonForm
        label={label}
        button={button}
        isDangerous
        text={draft ?? ''}
        change={keep}
        isSending={isSending}
        problem={problem}
        stop={stop}
        send={(reason) => void end(reason)}
        cancel={leave}
      >
        <Changes of={changes} />
      </ReasonForm>
    </Dialog>
  );
}
