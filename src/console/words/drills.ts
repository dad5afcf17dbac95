/** What restore drills have proven of the keys of an HSM. */
import { counted } from './count.ts';

interface Drills {
  readonly proven: number;
  readonly metadataOnly: number;
  readonly earlier: number;
  readonly undrilled: number;
  readonly failed: number;
  readonly blocked: number;
}

/** The words; undefined stands for results that could not be read. */
export function drillsInWords(drills: Drills | undefined): string {
  if (drills === undefined) return 'cannot tell';
  const { proven, metadataOnly, earlier, undrilled, failed, blocked } = drills;
  if (proven + metadataOnly + earlier + failed + blocked === 0) return 'restores are unproven';
  const rest = [
    [failed, 'FAILED'],
    [blocked, 'could not be drilled'],
    [metadataOnly, 'restored, not used'],
    [earlier, 'with an earlier backup only'],
    [undrilled, 'not drilled yet'],
  ] as const;
  const others = rest.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  return [`${counted(proven, 'key')} proven`, ...others].join(', ');
}
