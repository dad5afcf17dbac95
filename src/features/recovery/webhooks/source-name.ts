/** The name of a webhook source. */
import { z } from 'zod';

export const SourceName = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'expected a name of letters, digits and hyphens');
