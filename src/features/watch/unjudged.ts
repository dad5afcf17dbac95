/** What the audit log reported, from the moment it is said until a scan has judged it. */
import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import type { KeyService, Logger } from '../../core/ports.ts';
import type { Step } from './judge/step.ts';
import { type Signals, withReported } from './model/signals.ts';
import { updateWatchState, type WatchState } from './model/watch-state.ts';

/** Keys that the log names; of more it has the number. */
const NAMED = 20;

interface UnjudgedDeps {
  readonly keys: Pick<KeyService, 'hsm'>;
  readonly state: DocumentStore;
}

/** Nobody but the audit log reports a key that came and went between two scans: what it says outlives the scan that it was said to. */
export async function rememberReported(
  deps: UnjudgedDeps,
  signals: Signals,
  signal: AbortSignal,
): Promise<void> {
  if (signals.deletes.length + signals.purges.length === 0) return;
  const add = (state: WatchState): WatchState => ({
    ...state,
    ...definedOnly({ unjudged: withReported(state.unjudged, signals) }),
  });
  await updateWatchState(deps.state, deps.keys.hsm, add, signal);
}

/** The step, with what it could not judge remembered. */
export function withUnjudged({ state, findings }: Step, left: WatchState['unjudged']): Step {
  const { unjudged: _judged, ...rest } = state;
  return { state: { ...rest, ...definedOnly({ unjudged: left }) }, findings };
}

/** Says of which keys the end that the audit log reported could not be judged. */
export function warnOfUnjudged(logger: Logger, hsm: string, { unjudged }: WatchState): boolean {
  if (unjudged === undefined) return false;
  const keys = new Set([...unjudged.purges, ...unjudged.deletes].map(({ key }) => key));
  logger.warn('the audit log reported the end of keys that could not be read; the next scan judges it', {
    hsm,
    keys: [...keys].slice(0, NAMED),
    of: keys.size,
  });
  return true;
}
