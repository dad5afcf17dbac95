/** The runs, by the day they began on. Times in JSON are ISO 8601, in UTC. */
import { z } from 'zod';
import { Count, Time } from './parts.ts';

/** One run over an HSM. */
export const NightRun = z.strictObject({
  hsm: z.string(),
  runId: z.string(),
  state: z.enum(['running', 'paused', 'succeeded', 'partial', 'rebuilt']),
  startedAt: Time,
  endedAt: Time.exactOptional(),
  counts: z.strictObject({
    keys: Count,
    backedUp: Count,
    unchanged: Count,
    skipped: Count,
    vanished: Count,
    refused: Count,
    failed: Count,
  }),
});
export type NightRun = z.infer<typeof NightRun>;

/** The runs that began on one day (UTC). */
export const Night = z.strictObject({
  date: z.iso.date(),
  runs: z.array(NightRun),
  missing: z.array(z.string()).meta({ description: 'The HSMs over which a run was due that did not come' }),
  unreadable: z.array(z.string()).meta({ description: 'The HSMs of runs whose records cannot be read' }),
});
export type Night = z.infer<typeof Night>;

/** One run with a page of its keys. */
export const NightDetail = z.strictObject({
  run: NightRun.extend({ parts: Count, retries: Count, throttles: Count }),
  causes: z.array(z.strictObject({ code: z.string(), count: Count, example: z.string() })),
  items: z.array(
    z.strictObject({
      key: z.string(),
      outcome: z.string(),
      reason: z.string().exactOptional(),
      error: z.strictObject({ code: z.string(), message: z.string() }).exactOptional(),
      versions: Count.exactOptional(),
      durationMs: z.number().exactOptional(),
    }),
  ),
  total: Count,
  next: z.string().exactOptional(),
});
export type NightDetail = z.infer<typeof NightDetail>;
