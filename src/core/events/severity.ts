/** How much an event matters. */
import { z } from 'zod';

/** Mildest first. */
export const SEVERITIES = ['info', 'notice', 'warning', 'high', 'critical'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;
