/** One thing read from the API, kept fresh while it is shown, and honest about how fresh it is. */
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { Api } from './client.ts';
import { ApiContext } from './context.ts';
import { type ApiProblem, mayPass, problemOf } from './problem.ts';

/** The pause before the n-th new try, in milliseconds. */
const PAUSES = [1000, 2000, 5000, 10_000, 30_000];

/** What there is to show. */
export interface Resource<T> {
  readonly value: T | undefined;
  /** When `value` was received, epoch milliseconds of this device. */
  readonly receivedAt: number | undefined;
  /** Why the last try failed; then `value`, if any, is old. */
  readonly problem: ApiProblem | undefined;
  readonly isLoading: boolean;
  /** A further try comes without anybody asking. */
  readonly willRetry: boolean;
  /** Reads now. */
  readonly reload: () => void;
  /** Puts in what another call has answered. */
  readonly put: (value: T) => void;
}

/** Reads with `load`; again when `key` changes and every `everyMs` while the page is visible. */
export function useResource<T>(
  key: string,
  load: (api: Api, signal: AbortSignal) => Promise<T>,
  everyMs?: number,
): Resource<T> {
  const api = useContext(ApiContext);
  const [shown, setShown] = useState<{ key: string; value: T; receivedAt: number }>();
  const [problem, setProblem] = useState<ApiProblem>();
  const [isLoading, setLoading] = useState(true);
  const [asked, setAsked] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    let reading = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let fails = 0;
    async function read(): Promise<void> {
      const { signal } = reading;
      setLoading(true);
      let pause = everyMs;
      try {
        const value = await latest.current(api, signal);
        if (signal.aborted) return;
        fails = 0;
        setShown({ key, value, receivedAt: Date.now() });
        setProblem(undefined);
      } catch (error) {
        if (signal.aborted) return;
        const found = problemOf(error);
        setProblem(found);
        pause = mayPass(found) ? (found.retryAfterMs ?? PAUSES[Math.min(fails, PAUSES.length - 1)]) : everyMs;
        fails += 1;
      }
      setLoading(false);
      if (pause !== undefined) timer = setTimeout(again, pause);
    }
    /** Leaves what is under way: an answer that is waited for may never come once the line was cut. */
    function again(): void {
      clearTimeout(timer);
      if (document.visibilityState !== 'visible') return;
      reading.abort();
      reading = new AbortController();
      void read();
    }
    void read();
    document.addEventListener('visibilitychange', again);
    for (const change of ['online', 'offline']) addEventListener(change, again);
    return () => {
      reading.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', again);
      for (const change of ['online', 'offline']) removeEventListener(change, again);
    };
  }, [api, key, everyMs, asked]);

  const reload = useCallback(() => setAsked((count) => count + 1), []);
  const put = useCallback(
    (value: T) => {
      setShown({ key, value, receivedAt: Date.now() });
      setProblem(undefined);
    },
    [key],
  );
  // What belongs to another key is not shown under this one.
  const current = shown?.key === key ? shown : undefined;
  return {
    value: current?.value,
    receivedAt: current?.receivedAt,
    problem,
    isLoading,
    willRetry: problem !== undefined && (mayPass(problem) || everyMs !== undefined),
    reload,
    put,
  };
}
