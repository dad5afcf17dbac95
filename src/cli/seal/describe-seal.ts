/** Says in a word what the seal of a backup is worth. */
import type { StoredBackup } from '../../core/ports.ts';
import type { Judge } from '../../features/recovery-points/point-seals.ts';
import type { Store } from '../connect/compose-cli.ts';

/** What is said where no seal is verified, wherever a backup is called good. */
export const NOT_SEALED = 'not sealed';

/** `good`, why it is not, or {@link NOT_SEALED} where the settings pin no key. */
export function describeSeal(judge: Judge | undefined, { record }: Pick<StoredBackup, 'record'>): string {
  if (judge === undefined) return NOT_SEALED;
  const verdict = judge(record);
  return verdict.good ? 'good' : `does not count: ${verdict.why}`;
}

/** The judge, where the settings pin keys. Fails with `seal-unavailable`. */
export async function judgeOf(
  { points }: Pick<Store, 'points'>,
  signal: AbortSignal,
): Promise<Judge | undefined> {
  return points?.judge(signal);
}
