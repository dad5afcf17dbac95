/** What the answers of the console are made of. */
import { z } from 'zod';

/** ISO 8601, UTC. */
export const Time = z.iso.datetime();
export const Count = z.int().nonnegative();
/** How much of a key its newest good backup holds. */
export const Coverage = z.enum(['complete', 'partial', 'none', 'excluded']);

/** Why HSMs may be unknown that people added. */
export const FleetDoubt = z.string().meta({
  description: 'Why HSMs may be unknown that people added, in sentences; absent while all are known',
});
