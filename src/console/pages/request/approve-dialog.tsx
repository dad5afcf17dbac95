/** Approves: the person types the name of the key, and the digest that was shown goes along. */

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { RequestView } from '../../api/model.ts';
import { useDraft } from '../../session/drafts.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Stop } from '../../ui/stop.tsx';
import { Text } from '../../ui/text.tsx';
import { Trouble } from '../../ui/trouble.tsx';
import { operationInWords } from '../../words/operation.ts';
import { Changes } from './changes.tsx';
import { useDecision } from './use-decision.ts';

interface ApproveDialogProps {
  readonly view: RequestView;
  /** Why nothing may be sent now, in a sentence. */
  readonly stop: string | undefined;
  readonly decided: (view: RequestView) => void;
  readonly close: () => void;
  readonly reload: () => void;
}

/** The dialog. */
export function ApproveDialog({ view, stop, decided, close, reload }: ApproveDialogProps): JSX.Element {
  const [draft, keep] = useDraft(`approve:${view.id}`);
  // What is shown again is approved again: the name is typed for what stands there.
  const { shown, isSending, problem, changes, send } = useDecision(view, () => keep(''));
  const [isWrong, setWrong] = useState(false);
  const id = useId();
  const { key } = shown.operation;
  function leave(): void {
    keep(undefined);
    if (problem !== undefined) reload();
    close();
  }
  async function approve(event: Event): Promise<void> {
    event.preventDefault();
    if (stop !== undefined) return;
    const isRight = (draft ?? '').trim() === key;
    setWrong(!isRight);
    if (!isRight) return;
    const next = await send('approvals', {});
    if (next === undefined) return;
    keep(undefined);
    decided(next);
  }
  return (
    <Dialog title="Approve exactly this" close={leave}>
      <form onSubmit={(event) => void approve(event)} noValidate>
        <Changes of={changes} />
        {operationInWords(shown.operation).map((sentence) => (
          <p key={sentence}>
            <Text of={sentence} />
          </p>
        ))}
        <div class="field wide">
          <label for={id}>
            Type the name of the key: <strong>{key}</strong>
          </label>
          <input
            id={id}
            type="text"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
            aria-invalid={isWrong}
            aria-describedby={isWrong ? `${id}-wrong` : undefined}
            value={draft ?? ''}
            onInput={(event) => keep(event.currentTarget.value)}
          />
          {isWrong && (
            <p id={`${id}-wrong`} class="fault" role="alert">
              This is not the name of the key. Nothing was sent.
            </p>
          )}
        </div>
        {problem !== undefined && <Trouble problem={problem} />}
        {stop !== undefined && <Stop why={stop} />}
        <div class="buttons">
          <button type="submit" class="primary" disabled={isSending || stop !== undefined}>
            {isSending ? 'Sending…' : 'Approve'}
          </button>
          <button type="button" onClick={leave}>
            Back
          </button>
        </div>
      </form>
    </Dialog>
  );
}
