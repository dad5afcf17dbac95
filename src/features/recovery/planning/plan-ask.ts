/** Turns what is asked for into one exact operation. */
import { type Preflight, type PreflightDeps, preflight } from './key-state.ts';
import { planAdoption } from './plan-adoption.ts';
import type { Ask } from './preflight.ts';

/** Says exactly what would be done at this moment. Fails as {@link preflight} and {@link planAdoption}. */
export function planAsk(deps: PreflightDeps, ask: Ask, signal?: AbortSignal): Promise<Preflight> {
  return ask.action === 'adopt' ? planAdoption(deps, ask, signal) : preflight(deps, ask, signal);
}
