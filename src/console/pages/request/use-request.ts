/** One request, followed until nothing more can happen to it. */
import { useRef } from 'preact/hooks';
import type { RequestView } from '../../api/model.ts';
import { type Resource, useResource } from '../../api/resource.ts';
import { isClosed } from '../../words/states.ts';

/** The API answers after this many seconds at the latest, changed or not. */
const WAIT_SECONDS = 20;
/** Between two questions, in milliseconds: an API that does not wait must not be asked without end. */
const PAUSE_MS = 1000;

/** The request as it was last read. */
interface Held {
  readonly id: string;
  readonly etag: string;
  readonly view: RequestView;
}

/** The request `id`; each change is there when the app knows it. */
export function useRequest(id: string): Resource<RequestView> {
  const held = useRef<Held | undefined>(undefined);
  // After a question that was not answered the next one is answered at once: the page must know that it is fresh again.
  const isAnswered = useRef(true);
  const current = held.current?.id === id ? held.current : undefined;
  const isOver = current !== undefined && isClosed(current.view.state);
  return useResource<RequestView>(
    `request ${id}`,
    async (api, signal) => {
      const known = held.current?.id === id ? held.current : undefined;
      const query = isAnswered.current ? { wait: WAIT_SECONDS } : {};
      isAnswered.current = false;
      const answer = await api.send<RequestView>({
        path: `recoveries/${encodeURIComponent(id)}`,
        ...(known === undefined ? {} : { query, headers: { 'if-none-match': known.etag } }),
        signal,
      });
      isAnswered.current = true;
      if (answer.value === undefined && known !== undefined) return known.view;
      if (answer.value === undefined) throw new Error('the answer has no request');
      if (answer.etag !== undefined) held.current = { id, etag: answer.etag, view: answer.value };
      return answer.value;
    },
    isOver ? undefined : PAUSE_MS,
  );
}
