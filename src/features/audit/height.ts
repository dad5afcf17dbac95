/** How high the audit chain stands, said in the log of the app: a rule outside it fires when the chain falls. */
import type { Logger } from '../../core/ports.ts';
import { type AuditAnchor, type AuditLog, type AuditStore, tipAt } from './audit-log.ts';
import { type ChainTip, EMPTY_CHAIN } from './entry.ts';

/** The log, which says after each append how high the chain stands. */
export function heightLog(log: AuditLog, logger: Logger): AuditLog {
  const said = async (noting: Promise<ChainTip>) => {
    const tip = await noting;
    say(tip, logger);
    return tip;
  };
  return {
    note: (event) => said(log.note(event)),
    decide: (event) => said(log.decide(event)),
    requireSealing: () => log.requireSealing(),
  };
}

/**
 * Reads where the chain ends now and says how high that is. It fails for nothing: an end that cannot be read is said to be
 * unknown.
 */
export async function reportHeight(
  store: AuditStore,
  anchor: Pick<AuditAnchor, 'read'>,
  logger: Logger,
): Promise<void> {
  try {
    const end = await store.end(true, (await anchor.read())?.segment?.name);
    say(end === undefined ? EMPTY_CHAIN : await tipAt(store, end), logger);
  } catch (error) {
    logger.error('audit log height unknown', { error });
  }
}

function say({ seq, hash }: ChainTip, logger: Logger): void {
  logger.info('audit log height', { height: seq, hash });
}
