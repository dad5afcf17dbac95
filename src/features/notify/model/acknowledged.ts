/** What people have acknowledged: the recovery app proves who they are and writes this, the app that sends reads it. */
import { z } from 'zod';
import type { DocumentType } from '../../../core/documents/document-type.ts';
import { Seal } from '../../../core/seal/seal.ts';
import type { DecisionFacts, DecisionJudge } from '../../audit/line-seals.ts';
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
  /** By the key of the recovery app, where decisions are sealed: without one that counts it is nobody's word. */
  seal: Seal.exactOptional(),
});
export type Acknowledged = z.infer<typeof Acknowledged>;

const AcknowledgedIncidents = z.strictObject({
  /** 2 where one has a seal. */
  format: z.union([z.literal(1), z.literal(2)]),
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

/** What is sealed of one. */
export function acknowledgementFacts({ seal: _seal, ...content }: Acknowledged): DecisionFacts {
  return { kind: 'incident-acknowledgement', content };
}

/** Those of `known` that people gave, by their seals: whoever can write the document cannot speak for them. */
export function believed(
  known: AcknowledgedIncidents | undefined,
  judge: DecisionJudge,
): AcknowledgedIncidents | undefined {
  if (known === undefined) return undefined;
  const incidents = known.incidents.filter((one) => judge.decision(acknowledgementFacts(one), one.seal).good);
  return { ...known, incidents };
}

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
  const incidents = [...others, acknowledged].slice(-KEPT);
  return { format: incidents.some(({ seal }) => seal !== undefined) ? 2 : 1, incidents };
}
