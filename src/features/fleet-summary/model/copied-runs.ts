/** The runs of an HSM in the summary of the fleet. */
import { z } from 'zod';

/** Those that have ended as they are stored, without their keys and their seals; of the others, names. Oldest first. */
export const CopiedRuns = z.strictObject({
  /** When they were listed, epoch milliseconds. */
  listedAt: z.int().nonnegative(),
  ended: z.array(z.looseObject({ runId: z.string(), startedAt: z.int() })),
  open: z.array(z.string()),
});
export type CopiedRuns = z.infer<typeof CopiedRuns>;
