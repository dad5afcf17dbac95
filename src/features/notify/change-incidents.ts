/** Changes the incidents of a scope. */
import { repeatOnConflict } from '../../core/documents/update-document.ts';
import { isWardenError } from '../../core/errors.ts';
import type { EventBus } from '../../core/events/bus.ts';
import { DEFAULT_RETRY, withRetries } from '../../core/retry.ts';
import { INCIDENTS, type IncidentState, noIncidents } from './model/incident-state.ts';
import type { KnownIncidents } from './model/known-incidents.ts';
import type { SendDeps } from './sending/send-due.ts';
import { setAside } from './set-aside.ts';

/** What changing them needs. */
type Deps = Pick<SendDeps, 'state' | 'writes' | 'clock' | 'signal' | 'logger'> & {
  readonly bus: EventBus;
  readonly known: KnownIncidents;
};

/**
 * Repeats what may pass; incidents that cannot be read begin again, see {@link setAside}. Fails as that does, and with
 * `state-conflict`, `aborted`, `app-stopping` or a storage code.
 */
export async function changeIncidents(
  deps: Deps,
  scope: string,
  change: (state: IncidentState) => IncidentState,
): Promise<IncidentState> {
  const { writes, clock, signal } = deps;
  const write = () =>
    repeatOnConflict(INCIDENTS.name({ kind: INCIDENTS.kind, scope }), () => changeOnce(deps, scope, change));
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

async function changeOnce(
  { state, known }: Deps,
  scope: string,
  change: (state: IncidentState) => IncidentState,
): Promise<IncidentState> {
  const address = { kind: INCIDENTS.kind, scope } as const;
  const document = await state.read(address);
  const before = document === undefined ? noIncidents(scope) : known.parse(scope, document.text);
  const next = change(before);
  if (next === before) return before;
  const text = JSON.stringify(next);
  await state.write(address, text, document === undefined ? 'absent' : { etag: document.etag });
  known.keep(scope, text, next);
  return next;
}
