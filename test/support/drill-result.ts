/** Builds results of drills. */
import type { DrillResult } from '../../src/features/drill/model/result.ts';

/** When the drill of {@link aDrillResult} ended. */
export const DRILLED_AT = Date.UTC(2026, 10, 24, 2);

/** A key that was proven. */
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
