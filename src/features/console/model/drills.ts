/** What drills have proven. Times in JSON are ISO 8601, in UTC. */
import { z } from 'zod';
import { Count, Time } from './parts.ts';

/**
 * What drills have proven of the keys of one HSM, each counted once by its newest recovery point. Without `lastAt` no drill is known: its
 * restores are unproven.
 */
export const DrillHsm = z.strictObject({
  hsm: z.string(),
  proven: Count,
  /** Restored and compared, but not used. */
  metadataOnly: Count,
  /** An earlier recovery point was shown to restore, and the newest one not yet. */
  earlier: Count,
  /** No drill has shown anything. */
  undrilled: Count,
  failed: Count,
  blocked: Count,
  /** Without a proof for longer than the days of the settings; counted above, too. */
  overdue: Count,
  lastAt: Time.exactOptional(),
  oldestProofAt: Time.exactOptional(),
  /** How long a restore takes: half of them no longer than `p50`, 95 of 100 no longer than `p95`. Milliseconds. */
  restoreMs: z.strictObject({ p50: Count, p95: Count }).exactOptional(),
  /** Why nothing can be said. */
  unknown: z.string().exactOptional(),
});
export type DrillHsm = z.infer<typeof DrillHsm>;

/** The last drill of a key. */
export const DrilledKey = z.strictObject({
  hsm: z.string(),
  key: z.string(),
  verdict: z.enum(['proven', 'metadata-only', 'failed', 'blocked']),
  drilledAt: Time,
  /** When a drill last proved something of it. */
  provenAt: Time.exactOptional(),
  reasons: z.array(z.string()),
});
export type DrilledKey = z.infer<typeof DrilledKey>;

/** A page of drilled keys. */
export const DrillPage = z.strictObject({
  hsms: z.array(DrillHsm),
  items: z.array(DrilledKey),
  total: Count,
  next: z.string().exactOptional(),
});
export type DrillPage = z.infer<typeof DrillPage>;
