/** One line for a person about an event at the local topic. */
import { z } from 'zod';
import { EVENTS } from '../platform/events.ts';
import type { CloudEvent } from './topic/cloud-event.ts';

/** What of an event's data a person wants to see first. */
const Shown = z.object({
  severity: z.string().optional(),
  recoverable: z.string().optional(),
  afterPurge: z.string().optional(),
  scheduledPurgeAt: z.string().optional(),
  action: z.string().optional(),
  state: z.string().optional(),
  recoveryId: z.string().optional(),
  detail: z.string().optional(),
});

const PREFIX = /^HsmWarden\./;
/** As wide as the longest of ours. */
const KIND_WIDTH = Math.max(...EVENTS.map(({ type }) => type.replace(PREFIX, '').length));
/** A reason may be a whole page; the request has all of it. */
const LONGEST_FACT = 120;

/** Type, subject, and the facts that matter. What people wrote cannot steer the terminal. */
export function describeEvent({ type, subject, time, data }: CloudEvent): string {
  const parsed = Shown.safeParse(data);
  const facts = parsed.success
    ? Object.entries(parsed.data).map(([name, value = '']) => `${name} ${short(value)}`)
    : [];
  const kind = type.replace(PREFIX, '').padEnd(KIND_WIDTH);
  const line = `${time?.slice(0, 16) ?? ''}  ${kind} ${subject ?? ''}${facts.length > 0 ? `  (${facts.join(', ')})` : ''}`;
  return line.replaceAll(/\p{Cc}/gu, '?');
}

function short(value: string): string {
  return value.length > LONGEST_FACT ? `${value.slice(0, LONGEST_FACT)}…` : value;
}
