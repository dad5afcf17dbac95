/** Moves a local world ahead in time, step by step, and lets the watch scan after each step. */
import { setClockAhead, systemClock } from '../adapters/system/system-clock.ts';
import type { Emulator } from '../emulator/start-emulator.ts';
import type { Host } from './host/host-options.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SCAN_LIMIT_MS = 5 * 60_000;
/** Small enough that each threshold of the watch is crossed in a step of its own. */
const STEP_MS = DAY_MS;

/** A world that lived on in earlier starts has a time of its own: the apps follow it. */
export function followClocks(hsms: readonly Emulator[]): void {
  setClockAhead(Math.max(0, ...hsms.map((hsm) => hsm.now() - Date.now())));
}

/** Moves HSMs and apps ahead by `ms`, a day at most at a time; `afterStep` runs after each. */
export async function travel(
  hsms: readonly Emulator[],
  ms: number,
  afterStep: () => Promise<void>,
): Promise<void> {
  const startedAt = systemClock.now();
  for (let gone = 0; gone < ms; ) {
    const step = Math.min(STEP_MS, ms - gone);
    gone += step;
    for (const hsm of hsms) await hsm.advanceClock(startedAt + gone - hsm.now());
    setClockAhead(startedAt + gone - Date.now());
    await afterStep();
  }
}

/**
 * Lets the watch scan every HSM now, through its own timer and queue, and waits for the heartbeat of each scan. Fails when one
 * is missing after five minutes, and with the signal's reason when it is aborted.
 */
export async function scanNow(
  app: Host,
  heartbeats: () => number,
  hsms: number,
  signal: AbortSignal,
): Promise<void> {
  const before = heartbeats();
  const outcome = await app.invoke('deletedKeyWatch');
  if (outcome.status === 'failed') throw outcome.error;
  const until = performance.now() + SCAN_LIMIT_MS;
  while (heartbeats() < before + hsms) {
    signal.throwIfAborted();
    if (performance.now() > until)
      throw new Error(`the watch scanned ${heartbeats() - before} of ${hsms} HSMs in five minutes`);
    await app.tick();
    await systemClock.sleep(50);
  }
}
