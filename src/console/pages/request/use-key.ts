/** What is known of the key of a request: when it is purged, who deleted it, and what happened to the request. */
import type { KeyDetail, RequestView, TimelineEvent } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';

/** The facts, as far as they are there. */
interface KeyFacts {
  readonly purgeAt: string | undefined;
  /** In words, also where it is not known. */
  readonly deletedBy: string;
  /** What happened to this request, oldest first. */
  readonly history: readonly TimelineEvent[];
}

/** Reads them once a page. */
export function useKey({ id, state, operation: { hsm, key } }: RequestView): KeyFacts {
  const { value, problem } = useResource<KeyDetail>(`key ${hsm} ${key} ${state}`, (api, signal) =>
    api.get('console/key', { hsm, key }, signal),
  );
  if (value === undefined) {
    return {
      purgeAt: undefined,
      history: [],
      deletedBy: problem === undefined ? 'reading…' : `cannot be read: ${problem.message}`,
    };
  }
  return {
    purgeAt: value.line.purgeAt,
    history: value.timeline.filter(({ recoveryId }) => recoveryId === id).reverse(),
    deletedBy: value.line.deletedBy ?? 'not named by the HSM’s log',
  };
}
