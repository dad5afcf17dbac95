/** The queue message that asks for drills. */
import { z } from 'zod';
import { HsmName, KeyName } from '../../core/model/names.ts';
import type { Queue } from '../../core/queue.ts';

/** Asks for a run in one drill HSM. A message that comes twice goes on with its run. */
export const DrillMessage = z.strictObject({
  kind: z.literal('drill'),
  drillHsm: HsmName,
  runId: z.string().regex(/^[0-9A-Za-z-]{1,80}$/),
  what: z.discriminatedUnion('kind', [
    /** Every key, whether it is due or not. */
    z.strictObject({ kind: z.literal('all') }),
    z.strictObject({ kind: z.literal('key'), hsm: HsmName, key: KeyName }),
    /** So many of those that wait longest. */
    z.strictObject({ kind: z.literal('sample'), count: z.int().positive() }),
    /** What a night would drill. */
    z.strictObject({ kind: z.literal('due') }),
  ]),
});
export type DrillMessage = z.infer<typeof DrillMessage>;
export type DrillRequest = DrillMessage['what'];

/** Runs of drills that people ask for, and what is left of a run. */
export const DRILLS: Queue<DrillMessage> = {
  name: 'drills',
  schema: DrillMessage,
  holds: 'a request for drills',
};
