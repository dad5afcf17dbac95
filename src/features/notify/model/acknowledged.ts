/** What people have acknowledged: the recovery app proves who they are and writes this, the app that sends reads it. */
import { z } from 'zod';
import type { DocumentType } from '../../../core/documents/document-type.ts';
import type { Thread } from './incident-state.ts';
import { Time } from './message.ts';

/** The newest that are kept; an incident that long open is acknowledged again where it must. */
const KEPT = 500;

const Acknowledged = z.strictObject({
  /** The incident's thread. */
  thread: z.string(),
  /** How it stood: what grows worse after that is not what was acknowledged. */
  stand: Time,
  at: Time,
  by: z.string(),
  reason: z.string(),
});
export type Acknowledged = z.infer<typeof Acknowledged>;

const AcknowledgedIncidents = z.strictObject({
  format: z.literal(1),
  /** Oldest first. */
  incidents: z.array(Acknowledged),
});
export type AcknowledgedIncidents = z.infer<typeof AcknowledgedIncidents>;

/** How it is stored. */
export const ACKNOWLEDGED: DocumentType<'notify-acknowledged', AcknowledgedIncidents> = {
  kind: 'notify-acknowledged',
  schema: AcknowledgedIncidents,
  name: () => 'The list of acknowledged incidents',
  advice: 'Keep a copy, then delete it: what lasts is repeated until it is acknowledged again.',
  // Repeats go on without it, and the audit log has all of it.
  expendable: true,
};

/** Which state of `thread` an acknowledgement is of: when it last grew worse. */
export function standOf({ openedAt, worseAt }: Thread): number {
  return worseAt ?? openedAt;
}

/** The acknowledgement of `thread` as it stands; undefined when nobody has acknowledged that. */
export function acknowledgementOf(
  known: AcknowledgedIncidents | undefined,
  thread: Thread,
): Acknowledged | undefined {
  return known?.incidents.findLast((one) => one.thread === thread.id && one.stand === standOf(thread));
}

/** `known` with one more. */
export function withAcknowledgement(
  known: AcknowledgedIncidents | undefined,
  acknowledged: Acknowledged,
): AcknowledgedIncidents {
  const others = (known?.incidents ?? []).filter(({ thread }) => thread !== acknowledged.thread);
  return { format: 1, incidents: [...others, acknowledged].slice(-KEPT) };
}
