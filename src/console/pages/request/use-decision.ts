/** A decision on a request as it was shown: sent with its digest, refused when the request changed meanwhile. */
import { useContext, useState } from 'preact/hooks';
import { ApiContext } from '../../api/context.ts';
import type { RequestView } from '../../api/model.ts';
import { type ApiProblem, changesIn, problemOf } from '../../api/problem.ts';
import { useAction } from '../../api/use-action.ts';
import { differences } from '../../words/difference.ts';

/** A decision and how it went. */
interface Decision {
  /** The request as the person saw it when the dialog opened, or when the last changes were shown. */
  readonly shown: RequestView;
  readonly isSending: boolean;
  readonly problem: ApiProblem | undefined;
  /** What changed since it was shown; empty where nothing did. */
  readonly changes: readonly string[];
  /** Sends it; answers the request as it stands, or nothing. */
  readonly send: (path: string, body: Readonly<Record<string, unknown>>) => Promise<RequestView | undefined>;
}

/**
 * Decides on `view`. A conflict reads the request again and says what changed; what is sent next is for the request as it stands
 * then. `renewed`: another operation is shown than the one that was read before.
 */
export function useDecision(view: RequestView, renewed?: () => void): Decision {
  const api = useContext(ApiContext);
  const [shown, show] = useState(view);
  const { isSending, problem, send } = useAction<RequestView>();
  const [conflict, setConflict] = useState<readonly string[]>([]);
  // What comes in while the dialog is open is said before anything is sent.
  const live = differences(shown, view);

  async function decide(
    path: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<RequestView | undefined> {
    setConflict([]);
    const answer = await send({
      path: `recoveries/${encodeURIComponent(view.id)}/${path}`,
      body: { ...body, digest: shown.digest },
    });
    if (answer?.value !== undefined) return answer.value;
    await compare();
    return undefined;
  }

  async function compare(): Promise<void> {
    try {
      const now = await api.get<RequestView>(`recoveries/${encodeURIComponent(view.id)}`);
      setConflict(differences(shown, now));
      show(now);
      if (now.digest !== shown.digest) renewed?.();
    } catch (error) {
      setConflict([`What changed cannot be read: ${problemOf(error).message}`]);
    }
  }

  // The app tells all that happened since the request was made: what was shown already is no change.
  const known = new Set(differences({ ...shown, approvals: [] }, shown));
  const said = problem === undefined ? [] : changesIn(problem).filter((sentence) => !known.has(sentence));
  return {
    shown,
    isSending,
    problem,
    changes: [...new Set([...said, ...conflict, ...live])],
    send: decide,
  };
}
