/** Which losses a person has taken note of, by the audit log. */
import { isWardenError } from '../../core/errors.ts';
import { type Acknowledgement, acknowledgementsOf } from '../audit/acknowledgements.ts';
import type { DecisionLog } from '../audit/decision-lines.ts';
import { lostFindings } from '../watch/model/lost-findings.ts';
import type { WatchState } from '../watch/model/watch-state.ts';

/** What is known of acknowledgements. */
export interface KnownAcknowledgements {
  readonly byFinding: ReadonlyMap<string, Acknowledgement>;
  /** Why the log could not be read: then every loss counts as one that nobody acknowledged. One sentence. */
  readonly trouble?: string;
}

/** The acknowledgements of the losses that the watch has noted. Fails with `aborted` or `signed-out` only. */
export async function readAcknowledgements(
  log: DecisionLog,
  watch: WatchState,
  signal: AbortSignal,
): Promise<KnownAcknowledgements> {
  try {
    return { byFinding: await acknowledgementsOf(log, lostFindings(watch)) };
  } catch (error) {
    if (!isWardenError(error) || signal.aborted || error.code === 'signed-out') throw error;
    const trouble = `Whether the losses were acknowledged is not known: ${error.message}`;
    return { byFinding: new Map(), trouble };
  }
}
