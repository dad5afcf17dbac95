/** What is configured. Times in JSON are ISO 8601, in UTC. */
import { z } from 'zod';
import { DecidedView } from '../../fleet/decide.ts';
import { Count, FleetDoubt, Time } from './parts.ts';

/** An attempt to send a message. */
const Attempt = z.strictObject({
  at: Time,
  reference: z.string(),
  title: z.string(),
  receiver: z.string().exactOptional(),
  result: z.string().meta({ description: '`accepted`, or an error code with a word' }),
  status: z.int().exactOptional(),
});

/** Messages that were not accepted for a quarter of an hour. */
export const HeldUp = z.strictObject({
  count: Count,
  since: Time,
  why: z.string().meta({ description: 'An error code with a word, or that there was no attempt' }),
});

/** A channel to people. `unconfirmed`: its service has never accepted a message. */
const Receiver = z.strictObject({
  channel: z.string(),
  state: z.enum(['accepting', 'failing', 'unconfirmed', 'unknown']),
  waiting: Count.exactOptional(),
  heldUp: HeldUp.exactOptional(),
  lastAcceptedAt: Time.exactOptional(),
  failingSince: Time.exactOptional(),
  lastError: z.string().exactOptional(),
  lastAttempt: Attempt.exactOptional(),
  attempts: z.array(Attempt).meta({ description: 'The last twenty, newest first' }).exactOptional(),
  why: z.string().meta({ description: 'Why nothing is known of it' }).exactOptional(),
});
export type Receiver = z.infer<typeof Receiver>;

/** What is configured. */
export const SettingsView = z.strictObject({
  hsms: z.array(
    z.strictObject({
      name: z.string(),
      url: z.string(),
      resource: z.string().exactOptional(),
      added: DecidedView.exactOptional().meta({ description: 'Who added it, where no setting names it' }),
    }),
  ),
  fleetDoubt: FleetDoubt.exactOptional(),
  settings: z.array(
    z.strictObject({
      name: z.string(),
      value: z.string().nullable(),
      isDefault: z.boolean(),
      secret: z.boolean(),
      description: z.string(),
      area: z.string(),
    }),
  ),
  gate: z.strictObject({
    armed: z.boolean(),
    override: z.boolean(),
    checkedAt: Time,
    problems: z.array(z.string()),
  }),
  policy: z.strictObject({
    approvals: Count,
    groups: z.array(z.string()),
    hours: z.number(),
    rules: z.array(
      z.strictObject({
        pattern: z.string(),
        approvals: Count,
        groups: z.array(z.string()),
        hours: z.number(),
      }),
    ),
  }),
  signIn: z.strictObject({ approvalMinutes: z.number(), contexts: z.record(z.string(), z.string()) }),
  seals: z.boolean(),
  receivers: z.array(Receiver),
});
export type SettingsView = z.infer<typeof SettingsView>;
