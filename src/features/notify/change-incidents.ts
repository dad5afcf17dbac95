/** Changes the incidents of a scope. */
import { updateDocument } from '../../core/documents/update-document.ts';
import { DEFAULT_RETRY, withRetries } from '../../core/retry.ts';
import { INCIDENTS, type IncidentState, noIncidents } from './model/incident-state.ts';
import type { SendDeps } from './sending/send-due.ts';

/** Repeats what may pass. Fails with `state-corrupt`, `state-conflict`, `aborted`, `app-stopping` or a storage code. */
export async function changeIncidents(
  { state: store, writes, clock, signal }: Pick<SendDeps, 'state' | 'writes' | 'clock' | 'signal'>,
  scope: string,
  change: (state: IncidentState) => IncidentState,
): Promise<IncidentState> {
  const address = { kind: 'notify-incidents', scope } as const;
  const write = async () => {
    const { after } = await updateDocument(store, INCIDENTS, address, (stored) => {
      const before = stored ?? noIncidents(scope);
      const next = change(before);
      return next === before ? stored : next;
    });
    return after.value ?? noIncidents(scope);
  };
  return writes.run(`incidents ${scope}`, () => withRetries(write, clock, DEFAULT_RETRY, signal));
}
