/** Durations for people. */

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** `12 d 4 h`: the two largest units of a duration in milliseconds. */
export function duration(ms: number): string {
  const at = UNITS.findIndex(([size]) => ms >= size);
  if (at === -1) return '0 s';
  const parts: string[] = [];
  let rest = ms;
  for (const [size, unit] of UNITS.slice(at, at + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}
