/** A request, as lists and the home page show it. Times in JSON are ISO 8601, in UTC. */
import { z } from 'zod';
import { Count, Time } from './parts.ts';

/** A request in a line. */
export const WaitingRequest = z.strictObject({
  id: z.string(),
  state: z.string(),
  action: z.string(),
  hsm: z.string(),
  key: z.string(),
  requester: z.string(),
  approvals: Count,
  approvalsNeeded: Count,
  expiresAt: Time,
});
export type WaitingRequest = z.infer<typeof WaitingRequest>;
