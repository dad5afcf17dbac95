/** Publishes the events that wait in the memory of a drill HSM. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import type { EventBus } from '../../core/events/bus.ts';
import type { Outbox } from '../../core/events/outbox.ts';
import type { Logger } from '../../core/ports.ts';
import { readDrillState, updateDrillState } from './model/drill-state.ts';

/** What publishing needs. */
export interface DrillOutboxDeps {
  readonly state: DocumentStore;
  readonly bus: EventBus;
  readonly logger: Logger;
}

/**
 * The caller holds the lease of the drill HSM: what waits here is its own, or of a run that died. Events that no sink takes now wait for the next run. Fails with `state-corrupt`, `state-conflict`, `aborted` or a storage code.
 */
export async function publishDrills(
  deps: DrillOutboxDeps,
  drillHsm: string,
  signal: AbortSignal,
): Promise<void> {
  const outbox: Outbox = {
    name: `drill/${drillHsm}`,
    fields: { hsm: drillHsm },
    pending: async () => (await readDrillState(deps.state, drillHsm)).outbox,
    strikeOff: async (accepted, refused) => {
      const { after } = await updateDrillState(deps.state, drillHsm, (state) => ({
        ...state,
        outbox: state.outbox.filter(({ id }) => !accepted.has(id) && !refused.has(id)),
      }));
      return after.value?.outbox ?? [];
    },
  };
  await deps.bus.publish(outbox, { logger: deps.logger, signal, before: [] });
}
