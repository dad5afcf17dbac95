/** Gives a lease back when the work under it is over. */
import type { Lease, Logger } from './ports.ts';

/** A lease that cannot be given back lapses automatically; that must hide neither the work's end nor its failure. */
export async function giveBack(
  lease: Lease,
  logger: Logger,
  about: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await lease.release();
  } catch (error) {
    logger.warn('the lease could not be given back and lapses by itself', { ...about, error });
  }
}
