/** The bodies people and webhooks send: what may be asked, and nothing else. The API description is made from these. */

import { z } from 'zod';
import { Actor, HsmName, KeyName } from '../../../core/model/names.ts';
import { PlainText } from '../../../core/model/plain-text.ts';
import { ApprovalRule } from './policy.ts';
import { ExpectedVersion, Operation, Outcome, RecoveryId, STATES } from './record.ts';

const BlobName = z
  .string()
  .max(400)
  .regex(/^[0-9A-Za-z-]+\/[0-9A-Za-z-]+\/[0-9A-Za-z.-]+$/, 'expected the blob name of a backup');
const Instant = z.iso.datetime({ offset: true }).meta({ description: 'A moment, RFC 3339' });
const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');

/** Asks for a key to be brought back. */
export const AskBody = z
  .strictObject({
    hsm: HsmName.meta({ description: 'The HSM the key was on' }),
    key: KeyName,
    action: z.enum(['auto', 'recover', 'restore', 'adopt']).default('auto').meta({
      description: 'adopt: a backup without a seal is to count as a recovery point',
    }),
    reason: PlainText,
    target: HsmName.exactOptional().meta({
      description: 'Another HSM of the same security domain to restore into',
    }),
    asOf: Instant.exactOptional().meta({
      description: 'Restore the newest backup captured at or before this moment',
    }),
    backup: BlobName.exactOptional().meta({ description: 'Restore this backup' }),
  })
  .refine(
    (body) => body.asOf === undefined || body.backup === undefined,
    'expected asOf or backup, not both',
  );
export type AskBody = z.infer<typeof AskBody>;

/** Approves exactly what the digest stands for. */
export const ApprovalBody = z.strictObject({ digest: Digest });

/** Says why a request is rejected or cancelled. */
export const EndBody = z.strictObject({ reason: PlainText });

const Time = z.iso.datetime();

/** As {@link EndBody}, of exactly what was shown. */
export const RefusalBody = EndBody.extend({
  digest: Digest.exactOptional().meta({
    description: 'Of what was shown: nothing is done when it is another by now',
  }),
});

/** What the person who asks may do to a request, and why not. */
export const Standing = z.strictObject({
  isRequester: z.boolean(),
  canApprove: z.boolean(),
  canReject: z.boolean(),
  canCancel: z.boolean(),
  reason: z.string().exactOptional().meta({ description: 'Why the person may not approve' }),
  standsFor: z.array(z.string()).meta({ description: 'Missing groups that the approval would cover' }),
  stepUp: z.string().exactOptional().meta({ description: 'The authentication context that approving needs' }),
  freshUntil: Time.exactOptional().meta({ description: 'Until when the sign-in is fresh enough to approve' }),
});
export type Standing = z.infer<typeof Standing>;

/** Something that happened to a request. */
const Happening = z.strictObject({
  at: Time,
  event: z
    .string()
    .meta({ description: '`requested`, `approval-given`, `execution-started`, `succeeded` …' }),
  by: z.string(),
  detail: z.string().exactOptional(),
  signIn: z.string().exactOptional().meta({
    description: 'Of an approval: how fresh and strong the sign-in was; for `Recovery.Audit`',
  }),
});

/** How an execution goes: which attempt it is, until when that may take, and what the last one met. */
const Execution = z.strictObject({
  attempt: z.int().positive().meta({ description: 'The one that runs, or comes next' }),
  attempts: z
    .int()
    .positive()
    .meta({ description: 'After so many that met an error the request has failed' }),
  until: Time.meta({ description: 'Until when the attempt may take, or when the next one begins' }),
  isRunning: z.boolean(),
  waitsFor: z
    .strictObject({ code: z.string(), message: z.string(), since: Time })
    .exactOptional()
    .meta({ description: 'Why the last attempt came to nothing' }),
});
export type Execution = z.infer<typeof Execution>;

/** A request as the API shows it. */
export const RecoveryView = z.strictObject({
  id: RecoveryId,
  state: z.enum(STATES),
  operation: Operation.extend({
    deletedAt: Time.exactOptional(),
    backup: z
      .strictObject({
        blob: z.string(),
        sha256: Digest,
        versionId: z.string().exactOptional(),
        capturedAt: Time,
        versions: z.array(ExpectedVersion).exactOptional(),
        facts: Digest.exactOptional(),
      })
      .exactOptional(),
  }),
  requester: Actor,
  reason: z.string(),
  policy: ApprovalRule,
  createdAt: Time,
  expiresAt: Time,
  digest: Digest.meta({ description: 'What an approval must carry' }),
  preflight: z.array(z.string()),
  approvals: z.array(z.strictObject({ by: Actor, groups: z.array(z.string()), at: Time })),
  missingApprovals: z.int().nonnegative(),
  missingGroups: z.array(z.string()),
  execution: Execution.exactOptional().meta({
    description: 'How the execution goes, of a request that is being executed or about to be',
  }),
  outcome: Outcome.exactOptional(),
  endedAt: Time.exactOptional(),
  you: Standing.exactOptional(),
  purgeAt: Time.exactOptional().meta({
    description: 'When the soft-deleted key is purged, as far as the watch knows it; only of one request',
  }),
  history: z.array(Happening).exactOptional().meta({
    description: 'What the audit log has of it, oldest first; only of one request',
  }),
});
export type RecoveryView = z.infer<typeof RecoveryView>;

/** A page of requests, newest first. */
export const RecoveryPage = z.strictObject({
  items: z.array(RecoveryView),
  next: z.string().exactOptional(),
});

/** The question after requests. */
export const RecoveryQuery = z.strictObject({
  state: z.enum(STATES).exactOptional(),
  open: z.stringbool().exactOptional().meta({ description: '`true`: only those that can still be acted on' }),
  attention: z.stringbool().exactOptional().meta({
    description:
      '`true`: only those of the last 7 days that failed, or brought a key back of which not every version is verified',
  }),
  hsm: HsmName.exactOptional(),
  key: KeyName.exactOptional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  next: z
    .string()
    .max(100)
    .regex(/^\d{1,16}-[0-9a-z]{26}$/)
    .exactOptional(),
});
export type RecoveryQuery = z.infer<typeof RecoveryQuery>;
