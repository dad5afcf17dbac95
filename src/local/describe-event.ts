/** One line for a person about an event at the local topic. */
import { z } from 'zod';
import type { CloudEvent } from './topic/cloud-event.ts';

/** What of an event's data a person wants to see at once. */
const Shown = z.object({
  severity: z.string().optional(),
  recoverable: z.string().optional(),
  afterPurge: z.string().optional(),
  scheduledPurgeAt: z.string().optional(),
  action: z.string().optional(),
  state: z.string().optional(),
});

/** Type, subject, and the facts that matter. */
export function describeEvent({ type, subject, time, data }: CloudEvent): string {
  const parsed = Shown.safeParse(data);
  const facts = parsed.success ? Object.entries(parsed.data).map(([name, value]) => `${name} ${value}`) : [];
  const kind = type.replace(/^HsmWarden\./, '').padEnd(20);
  return `${time?.slice(0, 16) ?? ''}  ${kind} ${subject ?? ''}${facts.length > 0 ? `  (${facts.join(', ')})` : ''}`;
}
