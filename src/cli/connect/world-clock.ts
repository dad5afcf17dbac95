/** The time of a local world: its HSMs can be moved ahead by months, and countdowns go by their time. */
import { z } from 'zod';
import { setClockAhead } from '../../adapters/system/system-clock.ts';
import { sendOnce } from './http-call.ts';
import type { WorldFile } from './world-file.ts';

const TIMEOUT_MS = 5_000;
/** Less than this is the way there and back. */
const NEGLIGIBLE_MS = 5_000;
const ClockAnswer = z.object({ nowMs: z.number() });

/**
 * Sets this process's clock ahead to that of the first HSM of the world, and returns by how many milliseconds. An HSM that
 * does not answer leaves it as it is: undefined.
 */
export async function followWorldClock(
  world: WorldFile,
  caPem: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const [first] = world.hsms;
  if (first === undefined) return undefined;
  try {
    const url = `${first.url}/_emulator/clock`;
    const answer = await sendOnce({ url, method: 'GET', timeoutMs: TIMEOUT_MS, caPem, signal });
    const { nowMs } = ClockAnswer.parse(JSON.parse(answer.bodyAsText ?? ''));
    const difference = nowMs - Date.now();
    const ahead = difference > NEGLIGIBLE_MS ? difference : 0;
    setClockAhead(ahead);
    return ahead;
  } catch {
    // The command itself will say that the HSM does not answer.
    return undefined;
  }
}
