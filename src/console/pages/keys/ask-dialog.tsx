/** Asks for a key to be brought back. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RequestView } from '../../api/model.ts';
import { useAction } from '../../api/use-action.ts';
import { requestPath } from '../../routing/paths.ts';
import { go } from '../../routing/router.tsx';
import { draftLike, useDraft } from '../../session/drafts.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ReasonForm } from '../../ui/reason-form.tsx';

const FORM = 'ask:';

function draftOf(hsm: string, name: string): string {
  return `${FORM}${encodeURIComponent(hsm)}:${encodeURIComponent(name)}`;
}

/** The key whose dialog a new sign-in took away, with what was typed kept. */
export function askedBefore(): { readonly hsm: string; readonly key: string } | undefined {
  const [hsm, key] = draftLike(FORM)?.slice(FORM.length).split(':').map(decodeURIComponent) ?? [];
  return hsm === undefined || key === undefined ? undefined : { hsm, key };
}

interface AskDialogProps {
  readonly hsm: string;
  readonly name: string;
  readonly close: () => void;
}

/** The dialog. */
export function AskDialog({ hsm, name, close }: AskDialogProps): JSX.Element {
  const [draft, keep] = useDraft(draftOf(hsm, name));
  const { isSending, problem, send } = useAction<RequestView>();
  // The same form sent twice, for a lost answer, is one request.
  const [once] = useState(() => crypto.randomUUID());
  async function ask(reason: string): Promise<void> {
    const body = { hsm, key: name, action: 'auto', reason };
    const answer = await send({
      path: 'recoveries',
      body,
      headers: { 'idempotency-key': `${once}-${await brief(reason)}` },
    });
    if (answer?.value === undefined) return;
    keep(undefined);
    go(requestPath(answer.value.id));
  }
  function leave(): void {
    keep(undefined);
    close();
  }
  return (
    <Dialog title={`Ask for ${name} to be brought back`} close={leave}>
      <ReasonForm
        label="Why must this key come back?"
        button="Ask for recovery"
        text={draft ?? ''}
        change={keep}
        isSending={isSending}
        problem={problem}
        send={(reason) => void ask(reason)}
        cancel={leave}
      >
        <p>
          A soft-deleted key is recovered, a purged one is restored from its backup. Nothing happens before
          the people whom the policy names have approved it.
        </p>
      </ReasonForm>
    </Dialog>
  );
}

/** Another reason is another request: the API refuses one key for two bodies. */
async function brief(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(hash).slice(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
