/** Builds the result of a restore drill. */
import type { DrillResult } from '../../src/features/drill/model/result.ts';

/** When it ended. */
const DRILLED_AT = Date.UTC(2026, 10, 24, 2);

/** The result of a drill that proved its key, but for `change`. */
export function aDrillResult(key: string, change: Partial<DrillResult> = {}): DrillResult {
  return {
    hsm: 'contoso',
    key,
    drillHsm: 'contoso-drill',
    runId: 'drill-1',
    verdict: 'proven',
    reasons: [],
    used: [],
    unused: [],
    point: {
      blob: `contoso/${key}/1.keybackup`,
      sha256: 'a'.repeat(64),
      capturedAt: DRILLED_AT - 2_000,
      createdAt: DRILLED_AT - 3_000,
      updatedAt: DRILLED_AT - 3_000,
      version: '0'.repeat(32),
      versions: 1,
    },
    startedAt: DRILLED_AT - 1_000,
    endedAt: DRILLED_AT,
    steps: { restore: 1_500 },
    ...change,
  };
}
