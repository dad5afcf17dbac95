/** Logs, after each scan, the losses that nobody has acknowledged: an alert rule repeats them until somebody does. */
import { definedOnly } from '../../core/defined-only.ts';
import type { Logger } from '../../core/ports.ts';
import type { DecisionLog } from '../audit/decision-lines.ts';
import { lostFindings } from '../watch/model/lost-findings.ts';
import type { WatchState } from '../watch/model/watch-state.ts';
import { readAcknowledgements } from './acknowledged.ts';

/** Keys that the line names; it has the number of all. */
const NAMED = 10;

/**
 * Logs one line where a loss is open; a loss whose acknowledgement cannot be read is. Without losses nothing is read. Fails with
 * `aborted` or `signed-out` only.
 */
export async function reportLosses(
  deps: DecisionLog & { readonly logger: Logger },
  watch: WatchState,
  signal: AbortSignal,
): Promise<void> {
  const losses = lostFindings(watch);
  if (losses.length === 0) return;
  const { byFinding, trouble } = await readAcknowledgements(deps, watch, signal);
  const open = losses.filter(({ id }) => !byFinding.has(id));
  if (open.length === 0) return;
  deps.logger.error('keys are lost, and nobody has acknowledged it', {
    hsm: watch.hsm,
    keys: open.length,
    named: open.slice(0, NAMED).map(({ key }) => key),
    ...definedOnly({ trouble }),
  });
}
