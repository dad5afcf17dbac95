/** What an event means for people: of which incident it is a part, what it does to it, and how it is said. */
import { z } from 'zod';
import type { Severity } from '../../../core/events/severity.ts';
import type { Family } from './channel-entry.ts';
import { Fact, Time } from './message.ts';

/** What is said about a subject. */
export const Saying = z.strictObject({
  /** One sentence. */
  what: z.string(),
  todo: z.string(),
  turn: z.string(),
  facts: z.array(Fact),
  until: Time.exactOptional(),
  link: z.string().exactOptional(),
});
export type Saying = z.infer<typeof Saying>;

/** What is known of a request that waits for approvals. */
export const Approval = z.strictObject({
  /** Approvals and groups still missing. */
  missing: z.int().nonnegative(),
  groups: z.array(z.string()),
  /** Object ids of those who asked and approved. */
  requester: z.string().exactOptional(),
  approvers: z.array(z.string()),
  /** What these are called, by object id. */
  names: z.record(z.string(), z.string()).exactOptional(),
});
export type Approval = z.infer<typeof Approval>;

/** An event, understood. */
export interface Occurrence extends Saying {
  readonly id: string;
  readonly at: number;
  readonly family: Family;
  /** What the incident is about, within the family and the HSM: a key, a request, a condition. */
  readonly subject: string;
  readonly hsm?: string;
  readonly key?: string;
  /** The key that is back by this, so that the incident of its deletion is over. */
  readonly cameBack?: string;
  readonly severity: Severity;
  /** `resolve` ends the incident of the subject, and, of a request, `end` does, which may be bad news. */
  readonly effect: 'open' | 'resolve' | 'end';
  /** Whether it goes on until somebody does something: then it is repeated. */
  readonly lasting: boolean;
  /** Of two events of one moment the one with the greater rank came later. */
  readonly rank: number;
  readonly approval?: Approval;
}
