/** The app's time, which countdowns are counted by: the clock of this device may be wrong. */

let offsetMs = 0;

/** Notes the app's time, epoch milliseconds, as an answer has just given it. */
export function noteAppTime(at: number): void {
  if (Number.isFinite(at)) offsetMs = at - Date.now();
}

/** The app's time now, epoch milliseconds. */
export function appTime(): number {
  return Date.now() + offsetMs;
}
