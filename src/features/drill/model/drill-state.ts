/**
 * The memory of one drill HSM: the journal of what was put there, results that are not filed yet, and what was reported. It is
 * small, for it is written before each restore.
 */
import { z } from 'zod';
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import type { DocumentType } from '../../../core/documents/document-type.ts';
import { readDocument, type Updated, updateDocument } from '../../../core/documents/update-document.ts';
import type { CloudEvent } from '../../../core/events/cloud-event.ts';
import { KeyName } from '../../../core/model/names.ts';
import { Seal } from '../../../core/seal/seal.ts';
import { DrilledPoint, DrillResult } from './result.ts';

const Time = z.int().nonnegative();
const Count = z.int().nonnegative();

/** A line of the journal: written, and sealed where this app seals, before the key is restored; struck off when the key is gone. */
export const JournalLine = z.strictObject({
  hsm: z.string().min(1),
  key: KeyName,
  /** The name under which it came back, where that is another. */
  restoredAs: KeyName.exactOptional(),
  point: DrilledPoint,
  runId: z.string().min(1),
  at: Time,
  seal: Seal.exactOptional(),
});
export type JournalLine = z.infer<typeof JournalLine>;

/** What came of a run. */
export const DrillRun = z.strictObject({
  runId: z.string().min(1),
  startedAt: Time,
  endedAt: Time.exactOptional(),
  planned: Count,
  proven: Count,
  metadataOnly: Count,
  failed: Count,
  blocked: Count,
  /** Keys that only an owner can use again: disabled, expired, not yet valid. They are among `metadataOnly`. */
  unusable: Count,
  /** Always 0: keys that are left alone for their tag are among `metadataOnly`. */
  never: Count,
  /** Keys in the drill HSM at the end, active and soft-deleted. */
  residue: Count,
  /** Set where the run could not begin: why. */
  refused: z.array(z.string()).exactOptional(),
  /** Keys left for the next run: its time was over. */
  left: Count.exactOptional(),
});
export type DrillRun = z.infer<typeof DrillRun>;

const StoredEvent = z.custom<CloudEvent>((value) => typeof value === 'object' && value !== null);

const DrillState = z.strictObject({
  format: z.literal(1),
  drillHsm: z.string().min(1),
  journal: z.array(JournalLine),
  /** Results that are not in the documents of their HSMs yet. */
  unfiled: z.array(DrillResult),
  /** The newest last. */
  runs: z.array(DrillRun),
  /** Events that no sink has taken yet. */
  outbox: z.array(StoredEvent),
  /** Keys whose recovery point failed, and of which no fresh backup is asked for yet. */
  toBackUp: z.array(z.strictObject({ hsm: z.string().min(1), key: KeyName })).exactOptional(),
  /** Keys whose failure was reported, and of which no drill has brought a recovery point back since. */
  failing: z.array(z.strictObject({ hsm: z.string().min(1), key: KeyName })).exactOptional(),
  /** Protected HSMs of which keys were reported as overdue, and have not caught up since. */
  overdue: z.array(z.string().min(1)).exactOptional(),
  /** Ids of the last events that were noted. */
  reported: z.array(z.string()).exactOptional(),
  /** When wrong recovery points were last drilled, which of them passed, and what of the way of a drill was not tried. */
  mustFail: z
    .strictObject({ at: Time, passed: z.array(z.string()), untried: z.array(z.string()).exactOptional() })
    .exactOptional(),
  /** Since when the drill HSM holds keys that could not be removed. */
  residueSince: Time.exactOptional(),
});
export type DrillState = z.infer<typeof DrillState>;

/** Runs that are remembered. */
const RUNS_KEPT = 60;

const DOCUMENT: DocumentType<'drill', DrillState> = {
  kind: 'drill',
  schema: DrillState,
  name: ({ hsm }) => `The journal of the drill HSM ${hsm}`,
  advice:
    'Look at the keys of the drill HSM, delete and purge them, and delete this document: the next drill begins a new one.',
  check: ({ drillHsm }, { hsm }) => (drillHsm === hsm ? undefined : `it is of the drill HSM ${drillHsm}`),
};

/** The memory of a drill HSM; an empty one where there is none. Fails with `state-corrupt` or a storage code. */
export async function readDrillState(
  store: DocumentStore,
  drillHsm: string,
  signal?: AbortSignal,
): Promise<DrillState> {
  const { value } = await readDocument(store, DOCUMENT, { kind: 'drill', hsm: drillHsm }, signal);
  return value ?? emptyState(drillHsm);
}

/** Changes it. Fails as {@link updateDocument}. */
export function updateDrillState(
  store: DocumentStore,
  drillHsm: string,
  change: (state: DrillState) => DrillState,
  signal?: AbortSignal,
): Promise<Updated<DrillState>> {
  return updateDocument(
    store,
    DOCUMENT,
    { kind: 'drill', hsm: drillHsm },
    (state) => change(state ?? emptyState(drillHsm)),
    signal,
  );
}

/** The state with a run begun, or brought up to date. */
export function withRun(state: DrillState, run: DrillRun): DrillState {
  const others = state.runs.filter(({ runId }) => runId !== run.runId);
  return { ...state, runs: [...others, run].slice(-RUNS_KEPT) };
}

/** Ids of events that are remembered. */
const REPORTED_KEPT = 200;

/** The state with events that wait to be published. One that was noted before is not noted again: an id has one meaning. */
export function withEvents(state: DrillState, events: readonly CloudEvent[]): DrillState {
  const known = new Set(state.reported);
  const fresh = events.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return state;
  const reported = [...known, ...fresh.map(({ id }) => id)].slice(-REPORTED_KEPT);
  return { ...state, outbox: [...state.outbox, ...fresh], reported };
}

function emptyState(drillHsm: string): DrillState {
  return { format: 1, drillHsm, journal: [], unfiled: [], runs: [], outbox: [] };
}
