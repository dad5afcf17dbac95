/** The routes of recovery requests: ask, list, read, approve, reject, cancel. */

import { z } from 'zod';
import { definedOnly } from '../../../core/defined-only.ts';
import { defineRoute, NOTHING, type RouteAnswer, type RouteCall } from '../../../core/route.ts';
import { type Caller, READERS, ROLES, requireCaller } from '../access/caller.ts';
import { type Action, approvalOf, describeSignIn } from '../access/sign-in.ts';
import {
  ApprovalBody,
  AskBody,
  RecoveryPage,
  RecoveryQuery,
  RecoveryView,
  RefusalBody,
} from '../model/asking.ts';
import { RecoveryId } from '../model/record.ts';
import { type AnswersApp, answer, viewFor, whole } from './answers.ts';
import type { RecordPage } from './list-recoveries.ts';
import { withChanges } from './meanwhile.ts';
import type { PersonCommand, Recoveries } from './recoveries.ts';

/** What these routes work with. */
interface RequestsApp extends AnswersApp {
  readonly recoveries: Recoveries;
  list(query: RecoveryQuery): Promise<RecordPage>;
  /** Epoch milliseconds. */
  now(): number;
  /** Whether the sign-in of `caller` is good enough. Fails with `step-up-required`, `sign-in-stale` or `sign-in-unproven`. */
  requireSignIn(caller: Caller, action: Action): void;
  /** Resolves when the request is another than that of `etag`, or after `seconds`. */
  awaitChange(id: string, etag: string, seconds: number): Promise<void>;
}

const Id = z.object({ id: RecoveryId });
const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'expected 1 to 255 visible ASCII characters')
  .meta({ description: 'The same key and body give the same request' });
const IfMatch = z.object({
  'if-match': z.string().exactOptional().meta({ description: 'Only the version of this ETag is changed' }),
});

const ask = defineRoute(
  {
    ...NOTHING,
    name: 'recoveryAsk',
    operation: 'askForRecovery',
    method: 'POST',
    path: 'recoveries',
    summary: 'Ask for a key to be brought back',
    roles: [ROLES.request],
    action: 'request',
    headers: z.object({ 'idempotency-key': IdempotencyKey.exactOptional() }),
    body: AskBody,
    answers: { 202: { description: 'The request, waiting for approvals', schema: RecoveryView } },
  },
  async (call: RouteCall<RequestsApp, Caller>, { headers, body }) => {
    const { actor } = requireCaller(call);
    const held = await call.app.recoveries.open(actor, body, headers['idempotency-key']);
    return answer(call, 202, held, { location: `/api/recoveries/${held.record.id}` });
  },
);

const list = defineRoute(
  {
    ...NOTHING,
    name: 'recoveryList',
    operation: 'listRecoveries',
    method: 'GET',
    path: 'recoveries',
    summary: 'List requests, newest first',
    roles: READERS,
    gated: true,
    query: RecoveryQuery,
    answers: { 200: { description: 'A page of requests', schema: RecoveryPage } },
  },
  async (call: RouteCall<RequestsApp, Caller>, { query }) => {
    const { items, next } = await call.app.list(query);
    return {
      status: 200,
      body: {
        items: items.map((record) => viewFor(call, record)),
        ...definedOnly({ next }),
      },
    };
  },
);

const get = defineRoute(
  {
    ...NOTHING,
    name: 'recoveryGet',
    operation: 'getRecovery',
    method: 'GET',
    path: 'recoveries/{id}',
    summary: 'Read a request',
    roles: READERS,
    params: Id,
    query: z.strictObject({
      wait: z.coerce
        .number()
        .int()
        .min(1)
        .max(25)
        .exactOptional()
        .meta({ description: 'Seconds to wait for a change of what `if-none-match` names' }),
    }),
    headers: z.object({
      'if-none-match': z
        .string()
        .exactOptional()
        .meta({ description: 'Answer 304 while the ETag is still this' }),
    }),
    answers: {
      200: { description: 'The request', schema: RecoveryView },
      304: { description: 'Not changed' },
    },
  },
  async (call: RouteCall<RequestsApp, Caller>, { params, query, headers }) => {
    const { app } = call;
    // Compared weakly, RFC 9110 section 13.1.2.
    const known = tagsIn(headers['if-none-match'])?.map((tag) => tag.replace(/^W\//, ''));
    const isKnown = (etag: string) => known?.some((tag) => tag === '*' || tag === etag) === true;
    let held = await app.recoveries.get(params.id);
    if (query.wait !== undefined && isKnown(held.etag)) {
      await app.awaitChange(params.id, held.etag, query.wait);
      held = await app.recoveries.get(params.id);
    }
    if (!isKnown(held.etag)) return whole(call, held);
    return { status: 304, headers: { etag: held.etag } };
  },
);

const approve = defineRoute(
  {
    ...decision('recoveryApprove', 'approve', 'approvals', 'Approve exactly this', ROLES.approve),
    action: ['approve', 'adopt'] satisfies readonly Action[],
    body: ApprovalBody,
  },
  async (call: RouteCall<RequestsApp, Caller>, { params, headers, body }) => {
    const caller = requireCaller(call);
    const { actor, groups, groupsUnknown = false, signIn } = caller;
    const { record } = await call.app.recoveries.refresh(params.id);
    call.app.requireSignIn(caller, approvalOf(record.operation));
    const detail = describeSignIn(signIn, call.app.now());
    const approval = {
      type: 'approve',
      by: actor,
      groups,
      groupsUnknown,
      digest: body.digest,
      detail,
    } as const;
    return command(call, params.id, headers['if-match'], approval);
  },
);

const reject = defineRoute(
  {
    ...decision('recoveryReject', 'reject', 'rejection', 'Reject a request', ROLES.approve),
    body: RefusalBody,
  },
  async (call: RouteCall<RequestsApp, Caller>, { params, headers, body }) => {
    const end = { type: 'reject', by: requireCaller(call).actor, ...body } as const;
    return command(call, params.id, headers['if-match'], end);
  },
);

const cancel = defineRoute(
  {
    ...decision('recoveryCancel', 'cancel', 'cancellation', 'Cancel one’s own request', ROLES.request),
    body: RefusalBody,
  },
  async (call: RouteCall<RequestsApp, Caller>, { params, headers, body }) => {
    const end = { type: 'cancel', by: requireCaller(call).actor, ...body } as const;
    return command(call, params.id, headers['if-match'], end);
  },
);

/** By operation. */
export const REQUEST_ROUTES = { ask, list, get, approve, reject, cancel } as const;

function decision(name: string, operation: Action, path: string, summary: string, role: string) {
  return {
    ...NOTHING,
    name,
    operation,
    action: operation,
    method: 'POST',
    path: `recoveries/{id}/${path}`,
    summary,
    roles: [role],
    params: Id,
    headers: IfMatch,
    answers: { 200: { description: 'The request as it stands now', schema: RecoveryView } },
  } as const;
}

async function command(
  call: RouteCall<RequestsApp, Caller>,
  id: string,
  ifMatch: string | undefined,
  next: PersonCommand,
): Promise<RouteAnswer> {
  const tags = tagsIn(ifMatch);
  const etags = tags?.includes('*') ? undefined : tags;
  const { app } = call;
  try {
    return answer(call, 200, await app.recoveries.command(id, next, etags));
  } catch (error) {
    const now = { get: () => app.recoveries.get(id), history: () => app.history(id) };
    throw await withChanges(now, error, next.digest);
  }
}

/** The entity tags of a conditional header. Ours hold no commas. */
function tagsIn(header: string | undefined): string[] | undefined {
  return header?.split(',').map((tag) => tag.trim());
}
