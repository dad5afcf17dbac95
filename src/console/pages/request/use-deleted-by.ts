/** Who deleted the key of a request. */
import type { KeyDetail, RequestView } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';

/** In words, also where it is not known. Read once a page. */
export function useDeletedBy({ state, operation: { hsm, key } }: RequestView): string {
  const { value, problem } = useResource<KeyDetail>(`key ${hsm} ${key} ${state}`, (api, signal) =>
    api.get('console/key', { hsm, key }, signal),
  );
  if (value !== undefined) return value.line.deletedBy ?? 'not named by the HSM’s log';
  return problem === undefined ? 'reading…' : `cannot be read: ${problem.message}`;
}
