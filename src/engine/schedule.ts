/** Works out when a schedule fires, for promises about freshness. The Functions host alone does the firing. */
import { Cron } from 'croner';

/**
 * The first time after `after` (epoch milliseconds) at which the six-field NCRONTAB text fires, in UTC.
 * `undefined` when it never does. The text was validated with the settings.
 */
export function nextRunAfter(schedule: string, after: number): number | undefined {
  const cron = new Cron(schedule, { timezone: 'UTC', paused: true, mode: '6-part' });
  return cron.nextRun(epochDate(after))?.getTime();
}

function epochDate(epochMs: number) {
  // biome-ignore lint/style/noRestrictedGlobals: a Date of a given time, not the clock
  return new Date(epochMs);
}
