/** What a verification found of backups, noted for good: whoever rolls its document back hides no damage. */
import { isWardenError } from '../../core/errors.ts';
import type { Clock, Logger, StoredBackup } from '../../core/ports.ts';
import type { NoteFacts } from '../notes/note.ts';
import type { CatalogueStore } from '../recovery-points/catalogue.ts';
import type { VerifyState } from './verify-state.ts';

interface NoteDeps {
  readonly state: Pick<CatalogueStore, 'notes'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The notes of damaged backups, by name, with the time when each was noticed. */
export function damageNotes(damaged: VerifyState['damaged']): readonly NoteFacts[] {
  return Object.entries(damaged).map(([blob, noticedAt]) => ({ kind: 'damage', blob, noticedAt }));
}

/**
 * Notes what is not noted yet. A note that cannot be written now stops no verification: the next one writes it. Fails with the reason of
 * `signal` only.
 */
export async function noteBackups(
  { state, logger }: NoteDeps,
  hsm: string,
  found: readonly NoteFacts[],
  signal: AbortSignal,
): Promise<void> {
  try {
    await state.notes?.keep(hsm, found, logger, signal);
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    logger.error('damaged backups could not be noted for good', { hsm, error });
  }
}

/**
 * The damage known of a verification without the backups that read back well again: they were put back, or the store could not give
 * them for a while. Notes these, too. Fails with the reason of `signal` only.
 */
export async function noteSound(
  deps: NoteDeps,
  { hsm, damaged }: Pick<VerifyState, 'hsm' | 'damaged'>,
  well: readonly StoredBackup[],
  signal: AbortSignal,
): Promise<VerifyState['damaged']> {
  const noticedAt = deps.clock.now();
  const names = new Set(well.map(({ blob }) => blob));
  const sound = [...names].map((blob): NoteFacts => ({ kind: 'sound', blob, noticedAt }));
  // Only of a backup that is noted as damaged anything is written.
  await noteBackups(deps, hsm, sound, signal);
  const again = Object.keys(damaged).filter((blob) => names.has(blob));
  if (again.length > 0)
    deps.logger.info('damaged backups read back well again', { hsm, backups: again.length });
  return Object.fromEntries(Object.entries(damaged).filter(([blob]) => !names.has(blob)));
}
