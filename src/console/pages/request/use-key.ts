/** What the watch knows of the key of a request: when it is purged, and who deleted it. */
import type { KeyDetail, RequestView } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';

/** The facts, as far as they are there. */
interface KeyFacts {
  readonly purgeAt: string | undefined;
  /** In words, also where it is not known. */
  readonly deletedBy: string;
}

/** Reads them once a page. */
export function useKey({ operation: { hsm, key }, purgeAt }: RequestView): KeyFacts {
  const { value, problem } = useResource<KeyDetail>(`key ${hsm} ${key}`, (api, signal) =>
    api.get('console/key', { hsm, key }, signal),
  );
  if (value === undefined) {
    return { purgeAt, deletedBy: problem === undefined ? 'reading…' : `cannot be read: ${problem.message}` };
  }
  return {
    purgeAt: purgeAt ?? value.line.purgeAt,
    deletedBy: value.line.deletedBy ?? 'not named by the HSM’s log',
  };
}
