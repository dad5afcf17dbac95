/** From error codes to problem+json answers (RFC 9457): one table, for the API, its description and its clients. */

import { z } from 'zod';
import { definedOnly } from './defined-only.ts';
import { isWardenError, type WardenErrorCode } from './errors.ts';

/** The status of each code that a caller can meet; any other is 503 when it may pass, else 500. */
export const PROBLEM_STATUS: Readonly<Partial<Record<WardenErrorCode, number>>> = {
  'token-missing': 401,
  'token-invalid': 401,
  'webhook-refused': 401,
  'step-up-required': 401,
  'sign-in-stale': 401,
  'sign-in-unproven': 401,
  'role-missing': 403,
  'origin-refused': 403,
  'webhook-app-refused': 403,
  'own-request': 403,
  'groups-unknown': 403,
  'not-the-requester': 403,
  'request-invalid': 400,
  'request-too-large': 413,
  'media-type-unsupported': 415,
  'recovery-unknown': 404,
  'run-unknown': 404,
  'finding-unknown': 404,
  'rearming-unknown': 404,
  'nothing-to-rearm': 409,
  'record-unproven': 409,
  'webhook-unknown': 404,
  'hsm-unknown': 404,
  'backup-unknown': 404,
  'nothing-to-recover': 409,
  'nothing-to-restore': 409,
  'nothing-to-adopt': 409,
  'key-active': 409,
  'key-deleted': 409,
  'key-not-found': 404,
  'backup-damaged': 409,
  'backup-contradicted': 409,
  'target-refused': 409,
  'recovery-not-open': 409,
  'recovery-expired': 409,
  'approved-already': 409,
  'digest-mismatch': 409,
  'approvals-incomplete': 409,
  'precondition-failed': 412,
  'idempotency-conflict': 422,
  'rate-limited': 429,
  'too-many-open': 429,
  'gate-disarmed': 503,
};

/** What a problem answer holds. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().meta({ description: 'Stable; what programs should look at' }),
  detail: z.string().exactOptional(),
  hsm: z.string().exactOptional(),
  key: z.string().exactOptional(),
  changes: z.array(z.string()).exactOptional().meta({
    description:
      'Of a decision that came too late: what happened since the request was made, a sentence each',
  }),
  instance: z.string().meta({ description: 'Names this answer in the logs' }),
});
export type Problem = z.infer<typeof Problem>;

/**
 * The answer to an error; `instance` identifies it in the logs. What is not ours says nothing of itself: the log has it
 * under the same instance. `retryAfterSeconds` and `challenge` are for the headers.
 */
export function problemOf(
  error: unknown,
  instance: string,
): { readonly problem: Problem; readonly retryAfterSeconds?: number; readonly challenge?: string } {
  const known = isWardenError(error) ? error : undefined;
  const code = known?.code ?? 'internal';
  const status = known === undefined ? 500 : (PROBLEM_STATUS[known.code] ?? (known.transient ? 503 : 500));
  const problem = {
    type: `urn:hsm-warden:problem:${code}`,
    title: known?.message ?? 'Something went wrong in the product itself.',
    status,
    code,
    instance: `urn:uuid:${instance}`,
    ...(known?.advice === undefined ? {} : { detail: known.advice }),
    ...(known?.hsm === undefined ? {} : { hsm: known.hsm }),
    ...(known?.key === undefined ? {} : { key: known.key }),
    ...(known?.changes === undefined ? {} : { changes: [...known.changes] }),
  };
  const { retryAfterMs, challenge } = known ?? {};
  return {
    problem,
    ...(retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }),
    ...definedOnly({ challenge }),
  };
}
