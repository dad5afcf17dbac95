/** What came of the drill of one recovery point, as it is stored. */
import { z } from 'zod';
import { KeyName } from '../../../core/model/names.ts';
import { Seal } from '../../../core/seal/seal.ts';

const Time = z.int().nonnegative();
const Ms = z.int().nonnegative();

/**
 * `proven`: restored, compared, and used, which only the very key could do. `metadata-only`: restored and compared, but it could not be
 * used, and `reasons` says why. `failed`: what came back is not the key. `blocked`: nothing can be said, for `reasons`.
 */
const VERDICTS = ['proven', 'metadata-only', 'failed', 'blocked'] as const;

/** The steps of a drill, in their order. */
const STEPS = ['fetch', 'restore', 'compare', 'use', 'remove'] as const;
export type Step = (typeof STEPS)[number];

/** Why a version could not be used, by name. */
const LIMITS = [
  'never',
  'disabled',
  'expired',
  'not-yet-valid',
  'operations',
  'not-enrolled',
  'kind',
] as const;
export type Limit = (typeof LIMITS)[number];

/** The recovery point that was drilled. */
export const DrilledPoint = z.strictObject({
  blob: z.string().min(1),
  versionId: z.string().exactOptional(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  capturedAt: Time,
  /** The listed key's times. */
  createdAt: Time,
  updatedAt: Time,
  /** The newest version in it. */
  version: z.string(),
  versions: z.int().positive(),
});
export type DrilledPoint = z.infer<typeof DrilledPoint>;

/** The outcome of one drill. Times are epoch milliseconds, durations milliseconds. */
export const DrillResult = z.strictObject({
  hsm: z.string().min(1),
  key: KeyName,
  /** The HSM it was restored into. */
  drillHsm: z.string().min(1),
  runId: z.string().min(1),
  verdict: z.enum(VERDICTS),
  /** Sentences for people; none for `proven` without reservation. */
  reasons: z.array(z.string()),
  /** Kind and size, where the restored key could be read: `RSA-3072`. */
  kind: z.string().exactOptional(),
  /** What was done with which version: the newest first. */
  used: z.array(z.strictObject({ version: z.string(), how: z.string() })),
  /** Versions that could not be used, and why. */
  unused: z.array(z.strictObject({ version: z.string(), limit: z.enum(LIMITS) })),
  point: DrilledPoint,
  startedAt: Time,
  endedAt: Time,
  steps: z.partialRecord(z.enum(STEPS), Ms),
  /** Over all of this, where this app seals. */
  seal: Seal.exactOptional(),
});
export type DrillResult = z.infer<typeof DrillResult>;

/** Whether the drill says anything about the recovery point. */
export function isConclusive({ verdict }: Pick<DrillResult, 'verdict'>): boolean {
  return verdict === 'proven' || verdict === 'metadata-only';
}
