/** Changes the incidents of a scope. */
import { updateDocument } from '../../core/documents/update-document.ts';
import { isWardenError } from '../../core/errors.ts';
import type { EventBus } from '../../core/events/bus.ts';
import { DEFAULT_RETRY, withRetries } from '../../core/retry.ts';
import { INCIDENTS, type IncidentState, noIncidents } from './model/incident-state.ts';
import type { SendDeps } from './sending/send-due.ts';
import { setAside } from './set-aside.ts';

/**
 * Repeats what may pass; incidents that cannot be read begin again, see {@link setAside}. Fails as that does, and with
 * `state-conflict`, `aborted`, `app-stopping` or a storage code.
 */
export async function changeIncidents(
  deps: Pick<SendDeps, 'state' | 'writes' | 'clock' | 'signal' | 'logger'> & { readonly bus: EventBus },
  scope: string,
  change: (state: IncidentState) => IncidentState,
): Promise<IncidentState> {
  const { state: store, writes, clock, signal } = deps;
  const address = { kind: 'notify-incidents', scope } as const;
  const write = async () => {
    const { after } = await updateDocument(store, INCIDENTS, address, (stored) => {
      const before = stored ?? noIncidents(scope);
      const next = change(before);
      return next === before ? stored : next;
    });
    return after.value ?? noIncidents(scope);
  };
  return writes.run(`incidents ${scope}`, async () => {
    try {
      return await withRetries(write, clock, DEFAULT_RETRY, signal);
    } catch (error) {
      if (!isWardenError(error, 'state-corrupt')) throw error;
      await setAside(deps, scope, error);
      return withRetries(write, clock, DEFAULT_RETRY, signal);
    }
  });
}
