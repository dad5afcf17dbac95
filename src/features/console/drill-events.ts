/** The drills of one key, on its timeline. */
import { isoTime } from '../../core/time.ts';
import type { DrillResult } from '../drill/model/result.ts';
import type { KeyDrills } from '../drill/model/results.ts';
import type { TimelineEvent } from './model/keys.ts';

const WORDS: Readonly<Record<DrillResult['verdict'], string>> = {
  proven: 'A restore drill proved the backup: the restored key was used',
  'metadata-only': 'A restore drill restored and compared the key, and did not use it',
  failed: 'A restore drill failed',
  blocked: 'A restore drill could not be done',
};

/** The last one, and the last that proved something where that is another: no more is kept. */
export function drillEvents({ last, lastGood }: KeyDrills): TimelineEvent[] {
  return (lastGood === undefined ? [last] : [last, lastGood]).map(
    ({ endedAt, verdict, reasons, point: { blob } }) => ({
      at: isoTime(endedAt),
      kind: 'drill',
      text: [WORDS[verdict], ...reasons].join(': '),
      verdict,
      blob,
    }),
  );
}
