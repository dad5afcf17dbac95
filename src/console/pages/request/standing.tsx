/** Why I may, or may not, decide this: the first thing on the page, with the buttons. */

import type { JSX } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { MeContext } from '../../api/context.ts';
import type { RequestView } from '../../api/model.ts';
import { readDraft } from '../../session/drafts.ts';
import { Note } from '../../ui/note.tsx';
import { Text } from '../../ui/text.tsx';
import { useNow } from '../../ui/time.tsx';
import { listed } from '../../words/count.ts';
import { epochOf } from '../../words/time.ts';
import { ApproveDialog } from './approve-dialog.tsx';
import { draftOf, EndDialog, type Ending } from './end-dialog.tsx';

interface StandingProps {
  readonly view: RequestView;
  readonly put: (view: RequestView) => void;
  readonly reload: () => void;
  /** The page could not be renewed: who decides must see what is now. */
  readonly isOld: boolean;
}

type Open = 'approve' | Ending | undefined;

/** The section. */
export function Standing({ view, put, reload, isOld }: StandingProps): JSX.Element {
  const now = useNow(1000);
  const { contexts } = useContext(MeContext);
  // A dialog that a new sign-in took away is open again, with what was typed.
  const [open, setOpen] = useState<Open>(() => openByDraft(view.id));
  const { you } = view;
  const hasExpired = epochOf(view.expiresAt) <= now;
  const mayEnd = !hasExpired && !isOld;
  const mayApprove = mayEnd && you?.canApprove === true;
  // What stood behind the button may have gone while its dialog is open.
  const stop = mayEnd ? undefined : whyNot(view, hasExpired, isOld);
  const close = (): void => setOpen(undefined);
  const decided = (next: RequestView): void => {
    put(next);
    close();
  };
  return (
    <section class="standing" aria-label="Your decision">
      {mayApprove ? (
        <Note tone="good" title={`You may approve this${standing(you.standsFor)}`}>
          <p>{isEnough(you, contexts, now) ? 'Read what will happen first.' : SIGN_IN_AGAIN}</p>
        </Note>
      ) : (
        <Note tone="warn" title="You may not approve this">
          <p>
            <Text of={whyNot(view, hasExpired, isOld)} />
          </p>
        </Note>
      )}
      <div class="buttons">
        {mayApprove && (
          <button type="button" class="primary" onClick={() => setOpen('approve')}>
            Approve…
          </button>
        )}
        {mayEnd && you?.canReject === true && (
          <button type="button" class="danger" onClick={() => setOpen('reject')}>
            Reject…
          </button>
        )}
        {mayEnd && you?.canCancel === true && (
          <button type="button" onClick={() => setOpen('cancel')}>
            Cancel my request…
          </button>
        )}
      </div>
      {open === 'approve' && (
        <ApproveDialog view={view} stop={stop} decided={decided} close={close} reload={reload} />
      )}
      {(open === 'reject' || open === 'cancel') && (
        <EndDialog ending={open} view={view} stop={stop} decided={decided} close={close} reload={reload} />
      )}
    </section>
  );
}

const SIGN_IN_AGAIN =
  'Your sign-in is not fresh or strong enough for an approval: you will sign in once more, and nothing you type is lost.';

function standing(groups: readonly string[]): string {
  return groups.length === 0 ? '' : `: you stand for ${listed(groups)}`;
}

/** Whether the sign-in is known to be fresh and strong enough for an approval. */
function isEnough(
  { freshUntil, stepUp }: { readonly freshUntil?: string; readonly stepUp?: string },
  contexts: readonly string[],
  now: number,
): boolean {
  const isFresh = freshUntil !== undefined && epochOf(freshUntil) > now;
  return isFresh && (stepUp === undefined || contexts.includes(stepUp));
}

function whyNot({ you }: RequestView, hasExpired: boolean, isOld: boolean): string {
  if (hasExpired) return 'The request has expired. A new one must be asked for.';
  if (isOld) return 'The page could not be renewed. What it shows may not be what stands now.';
  return you?.reason ?? 'The app does not say why.';
}

function openByDraft(id: string): Open {
  if (readDraft(`approve:${id}`) !== undefined) return 'approve';
  if (readDraft(draftOf('reject', id)) !== undefined) return 'reject';
  return readDraft(draftOf('cancel', id)) === undefined ? undefined : 'cancel';
}
