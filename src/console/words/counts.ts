/** How many keys an HSM has, in one line. */
import type { HomeHsm } from '../api/model.ts';
import { counted } from './count.ts';

/** The active keys with how many are covered, then whatever else there is. */
export function countsInWords(counts: NonNullable<HomeHsm['counts']>): string {
  const { covered, active, deleted, excluded, restorable, acknowledged } = counts;
  const others = [
    [deleted, `${deleted} deleted`],
    [excluded, `${excluded} left out`],
    [restorable, `${counted(restorable, 'name', 'names')} known from backups only`],
    [acknowledged, counted(acknowledged, 'acknowledged loss', 'acknowledged losses')],
  ] as const;
  const rest = others.flatMap(([count, words]) => (count === 0 ? [] : [words]));
  return [`${covered} of ${active} covered`, ...rest].join(', ');
}
