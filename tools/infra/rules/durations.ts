/** ISO 8601 durations, as far as Azure Monitor takes them. */

/** Minutes in a duration such as `PT15M` or `P1D`; 0 where it is none. */
export function minutesIn(duration: string): number {
  const [, days = 0, hours = 0, minutes = 0] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration) ?? [];
  return Number(days) * 1440 + Number(hours) * 60 + Number(minutes);
}
