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
    action: z.enum(['auto', 'recover', 'restore']).default('auto'),
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
  outcome: Outcome.exactOptional(),
  endedAt: Time.exactOptional(),
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
