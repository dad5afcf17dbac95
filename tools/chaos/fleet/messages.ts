/** What a parent asks of an instance, and what an instance says. */
import { z } from 'zod';

/** Runs the function `run`, with `data` where its trigger brings some. */
export const Asked = z.object({ id: z.int(), run: z.string(), data: z.array(z.string()).optional() });

/** Once when it is up, then once for each function it ran. */
export const Said = z.union([
  z.object({ url: z.string() }),
  z.object({ id: z.int(), outcome: z.enum(['succeeded', 'failed']) }),
]);
