/** The losses that a scan knows for good, and those that it adds. None of it stops a scan: what cannot be done now the next one does. */
import { definedOnly } from '../../core/defined-only.ts';
import { isWardenError, type WardenError } from '../../core/errors.ts';
import type { KeyService, Logger } from '../../core/ports.ts';
import type { KnownNotes } from '../notes/finding-notes.ts';
import type { LossFacts } from '../notes/note.ts';
import type { CatalogueStore } from '../recovery-points/catalogue.ts';
import { lossesToNote } from './model/noted-losses.ts';
import type { WatchState } from './model/watch-state.ts';

/** Keys and blobs that a line names; it has the number of all. */
const NAMED = 10;

interface NoteDeps {
  readonly keys: Pick<KeyService, 'hsm'>;
  readonly state: Pick<CatalogueStore, 'notes'>;
  readonly logger: Logger;
}

/** What is noted. */
export interface Noted {
  readonly losses: readonly LossFacts[];
  /** The damaged backups, by name. */
  readonly damaged?: KnownNotes['damaged'];
  /** Why it could not be read. */
  readonly unread?: WardenError;
}

/** What is noted for good; what lies there without a good seal is logged. Fails with the reason of `signal` only. */
export async function readNotes({ keys, state, logger }: NoteDeps, signal: AbortSignal): Promise<Noted> {
  const { hsm } = keys;
  try {
    const notes = await state.notes?.read(hsm, signal);
    const { losses = [], ignored = [] } = notes ?? {};
    if (ignored.length > 0) {
      const named = ignored.slice(0, NAMED);
      logger.warn('notes of findings without a good seal are ignored', { hsm, count: ignored.length, named });
    }
    return { losses, ...definedOnly({ damaged: notes?.damaged }) };
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    logger.error('what was found before could not be read: losses may be missing', { hsm, error });
    return { losses: [], unread: error };
  }
}

/** Logs the losses that the memory lacked though they are noted: somebody has deleted it, changed it, or put an older one in its place. */
export function reportRestored(
  { keys: { hsm }, logger }: NoteDeps,
  { restored }: { readonly restored: readonly string[] },
): void {
  if (restored.length === 0) return;
  const fields = { hsm, keys: restored.length, named: restored.slice(0, NAMED) };
  logger.error(
    'the memory of the watch lacked lost keys, which are back in it: it was changed or deleted',
    fields,
  );
}

/** Notes for good what is lost by `state`, which is stored. Fails with the reason of `signal` only. */
export async function noteLosses(deps: NoteDeps, state: WatchState, signal: AbortSignal): Promise<void> {
  const { hsm } = deps.keys;
  try {
    await deps.state.notes?.keep(hsm, lossesToNote(state), deps.logger, signal);
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    deps.logger.error('losses could not be noted for good', { hsm, error });
  }
}
