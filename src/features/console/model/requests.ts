/** A request, as lists and the home page show it. Times in JSON are ISO 8601, in UTC. */
import { z } from 'zod';
import { Operation } from '../../recovery/model/record.ts';
import { Count, Time } from './parts.ts';

/** A request in a line. */
export const WaitingRequest = z.strictObject({
  id: z.string(),
  state: z.string(),
  action: Operation.shape.action,
  hsm: z.string(),
  /** The HSM that the key comes back into. */
  target: z.string(),
  key: z.string(),
  requester: z.string(),
  approvals: Count,
  approvalsNeeded: Count,
  expiresAt: Time,
});
export type WaitingRequest = z.infer<typeof WaitingRequest>;

/** One that ended otherwise than people wanted. */
export const TroubledRequest = WaitingRequest.extend({
  endedAt: Time,
  what: z.string().meta({ description: 'How it ended, in a sentence' }),
});
export type TroubledRequest = z.infer<typeof TroubledRequest>;
