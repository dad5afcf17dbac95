/** One change at the API: sent once however often the button is pressed, taken up again after a stronger sign-in. */
import { useContext, useRef, useState } from 'preact/hooks';
import { challenged } from './challenged.ts';
import type { Answer, Call } from './client.ts';
import { ApiContext } from './context.ts';
import { type ApiProblem, problemOf } from './problem.ts';

/** A change and how it went. */
export interface Action<T> {
  readonly isSending: boolean;
  readonly problem: ApiProblem | undefined;
  /** Sends it; nothing comes back when it failed or is being sent already. */
  readonly send: (call: Call) => Promise<Answer<T> | undefined>;
}

/** Sends changes of one kind. A challenge leaves the page: what was typed must be kept before. */
export function useAction<T>(): Action<T> {
  const api = useContext(ApiContext);
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const isBusy = useRef(false);
  async function send(call: Call): Promise<Answer<T> | undefined> {
    if (isBusy.current) return undefined;
    isBusy.current = true;
    setSending(true);
    setProblem(undefined);
    try {
      return await api.send<T>({ method: 'POST', ...call });
    } catch (error) {
      setProblem(await challenged(api.session, problemOf(error)));
      return undefined;
    } finally {
      isBusy.current = false;
      setSending(false);
    }
  }
  return { isSending, problem, send };
}
