/**
 * The product's limits, leases and waits at about a fifth of their length: what a dead process leaves, and what silence costs, is over
 * sooner, so that a campaign has more of both in its time. Which waits for which stays as it is.
 */
import type { TextChange } from './text-change.ts';

/** The clocks of two instances differ by less, in milliseconds: the campaign moves them, and claims heed it. */
export const MOST_AHEAD_MS = 10_000;

export const SHORTER_TIMES: readonly TextChange[] = [
  time('src/core/time.ts', 'HSM_CALL_LIMIT_MS = 120_000', 'HSM_CALL_LIMIT_MS = 24_000'),
  time('src/core/retry.ts', 'LONGEST_WAIT_MS = 60_000', 'LONGEST_WAIT_MS = 12_000'),
  time('src/adapters/http/call-limits.ts', 'token: 30_000', 'token: 12_000'),
  time('src/adapters/http/call-limits.ts', 'hsmRequest: 60_000', 'hsmRequest: 12_000'),
  time('src/adapters/http/call-limits.ts', 'sealCall: 20_000', 'sealCall: 6_000'),
  time('src/adapters/http/call-limits.ts', 'storageCall: 90_000', 'storageCall: 18_000'),
  time('src/adapters/http/call-limits.ts', 'topicCall: 60_000', 'topicCall: 12_000'),
  time('src/adapters/http/storage-access.ts', 'tryTimeoutInMs: 30_000', 'tryTimeoutInMs: 6_000'),
  time('src/adapters/events/event-grid-sink.ts', 'TIMEOUT_MS = 15_000', 'TIMEOUT_MS = 4_000'),
  time('src/local/host/queue/limited-call.ts', 'CALL_LIMIT_MS = 30_000', 'CALL_LIMIT_MS = 8_000'),
  time('src/features/recovery-points/point-seals.ts', 'PAUSE_MS = 60_000', 'PAUSE_MS = 12_000'),
  // The shortest lease that the storage account gives.
  time('src/features/backup/sweep.ts', 'LEASE_SECONDS = 60', 'LEASE_SECONDS = 15'),
  time(
    'src/features/backup/sweep.ts',
    'YIELD_SECONDS = LEASE_SECONDS + 5',
    'YIELD_SECONDS = LEASE_SECONDS + 1',
  ),
  time('src/features/backup/manifest.ts', 'CHECKPOINT_MS = 30_000', 'CHECKPOINT_MS = 6_000'),
  time('src/features/backup/reconcile.ts', 'STILL_MS = 4 * 60_000', 'STILL_MS = 48_000'),
  time('src/features/backup/reconcile.ts', 'RESEND_MS = 14 * 60_000', 'RESEND_MS = 168_000'),
  time('src/features/watch/answered.ts', 'APART_MS = CLOCK_SKEW_MS', `APART_MS = ${MOST_AHEAD_MS}`),
  time('src/features/backup/single-key.ts', 'SETTLE_MS = 5 * 60_000', 'SETTLE_MS = 60_000'),
  time(
    'src/features/recovery/execution/execute.ts',
    'HSM_CALL_LIMIT_MS + MINUTE_MS',
    `HSM_CALL_LIMIT_MS + ${MOST_AHEAD_MS}`,
  ),
  time('src/features/recovery/execution/execute.ts', 'MARGIN_MS + 90_000', 'MARGIN_MS + 16_000'),
];

function time(file: string, from: string, to: string): TextChange {
  return { file, from, to };
}
