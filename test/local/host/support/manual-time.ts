/** A clock and alarms that move only when a test says so. */
import type { Alarm } from '../../../../src/local/host/timer/timer-listener.ts';

/** Time under a test's control; epoch milliseconds. */
export interface ManualTime {
  now(): number;
  readonly alarm: Alarm;
  /** When the next alarm is due; undefined when none is set. */
  nextAlarm(): number | undefined;
  /** Moves the clock to `time`, ringing due alarms in order on the way; lets what they started run on. */
  moveTo(time: number): Promise<void>;
}

/** Starts at an ISO time. */
export function manualTime(start: string): ManualTime {
  let current = Date.parse(start);
  const alarms = new Map<symbol, { readonly at: number; readonly ring: () => void }>();
  const earliest = () => [...alarms].sort(([, a], [, b]) => a.at - b.at)[0];
  return {
    now: () => current,
    alarm(delayMs, ring) {
      const id = Symbol('alarm');
      alarms.set(id, { at: current + delayMs, ring });
      return () => alarms.delete(id);
    },
    nextAlarm: () => earliest()?.[1].at,
    async moveTo(time) {
      for (let next = earliest(); next && next[1].at <= time; next = earliest()) {
        alarms.delete(next[0]);
        current = Math.max(current, next[1].at);
        next[1].ring();
        await idle();
      }
      current = time;
    },
  };
}

/** Lets promises that wait for nothing outside the process run on. */
export function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
