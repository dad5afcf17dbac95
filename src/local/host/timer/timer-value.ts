/** The value a timer function receives. */
import type { RpcTypedData } from '../rpc-types.ts';
import type { ScheduleStatus } from './schedule-store.ts';

/** .NET's `DateTime.MinValue`: what the official host says of a timer that never ran. */
const NEVER = '0001-01-01T00:00:00+00:00';

/**
 * The official host's `TimerInfo` as JSON; the library lowers the first letters.
 * Without a record (schedules under a minute keep none) `ScheduleStatus` is null.
 */
export function timerValue(status: ScheduleStatus | undefined, isPastDue: boolean): RpcTypedData {
  const iso = (time: number | undefined) => (time === undefined ? NEVER : new Date(time).toISOString());
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: status
        ? { Last: iso(status.last), Next: iso(status.next), LastUpdated: iso(status.lastUpdated) }
        : null,
      IsPastDue: isPastDue,
    }),
  };
}
