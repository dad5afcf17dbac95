/** The routes of recovery requests: ask, list, read, approve, reject, cancel. */
import { z } from 'zod';
import { defineRoute, NOTHING, type RouteAnswer, type RouteCall } from '../../../core/route.ts';
import { type Caller, READERS, ROLES, requireCaller } from '../access/caller.ts';
import {
  ApprovalBody,
  AskBody,
  EndBody,
  RecoveryPage,
  RecoveryQuery,
  RecoveryView,
} from '../model/asking.ts';
import type { ApprovalRule } from '../model/policy.ts';
import type { HeldRecord } from '../model/ports.ts';
import { RecoveryId } from '../model/record.ts';
import { viewOf } from '../model/view.ts';
import type { RecordPage } from './list-recoveries.ts';
import type { PersonCommand, Recoveries } from './recoveries.ts';

/** What these routes work with. */
interface RequestsApp {
  readonly recoveries: Recoveries;
  /** What the policy asks for a key today. */
  ruleOf(key: string): ApprovalRule;
  list(query: RecoveryQuery): Promise<RecordPage>;
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
    headers: z.object({ 'idempotency-key': IdempotencyKey.exactOptional() }),
    body: AskBody,
    answers: { 202: { description: 'The request, waiting for approvals', schema: RecoveryView } },
  },
  async (call: RouteCall<RequestsApp, Caller>, { headers, body }) => {
    const { actor } = requireCaller(call);
    const held = await call.app.recoveries.open(actor, body, headers['idempotency-key']);
    return answer(call.app, 202, held, { location: `/api/recoveries/${held.record.id}` });
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
  async ({ app }: RouteCall<RequestsApp, Caller>, { query }) => {
    const { items, next } = await app.list(query);
    return {
      status: 200,
      body: {
        items: items.map((record) => viewOf(record, app.ruleOf(record.operation.key))),
        ...(next === undefined ? {} : { next }),
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
  async ({ app }: RouteCall<RequestsApp, Caller>, { params, headers }) => {
    const held = await app.recoveries.get(params.id);
    // Compared weakly, RFC 9110 section 13.1.2.
    const known = tagsIn(headers['if-none-match'])?.map((tag) => tag.replace(/^W\//, ''));
    if (!known?.some((tag) => tag === '*' || tag === held.etag)) return answer(app, 200, held);
    return { status: 304, headers: { etag: held.etag } };
  },
);

const approve = defineRoute(
  {
    ...decision('recoveryApprove', 'approve', 'approvals', 'Approve exactly this', ROLES.approve),
    body: ApprovalBody,
  },
  async (call: RouteCall<RequestsApp, Caller>, { params, headers, body }) => {
    const { actor, groups, groupsUnknown = false } = requireCaller(call);
    const approval = { type: 'approve', by: actor, groups, groupsUnknown, digest: body.digest } as const;
    return command(call, params.id, headers['if-match'], approval);
  },
);

const reject = defineRoute(
  {
    ...decision('recoveryReject', 'reject', 'rejection', 'Reject a request', ROLES.approve),
    body: EndBody,
  },
  async (call: RouteCall<RequestsApp, Caller>, { params, headers, body }) => {
    const end = { type: 'reject', by: requireCaller(call).actor, reason: body.reason } as const;
    return command(call, params.id, headers['if-match'], end);
  },
);

const cancel = defineRoute(
  {
    ...decision('recoveryCancel', 'cancel', 'cancellation', 'Cancel one’s own request', ROLES.request),
    body: EndBody,
  },
  async (call: RouteCall<RequestsApp, Caller>, { params, headers, body }) => {
    const end = { type: 'cancel', by: requireCaller(call).actor, reason: body.reason } as const;
    return command(call, params.id, headers['if-match'], end);
  },
);

/** By operation. */
export const REQUEST_ROUTES = { ask, list, get, approve, reject, cancel } as const;

function decision(name: string, operation: string, path: string, summary: string, role: string) {
  return {
    ...NOTHING,
    name,
    operation,
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
  { app }: RouteCall<RequestsApp, Caller>,
  id: string,
  ifMatch: string | undefined,
  next: PersonCommand,
): Promise<RouteAnswer> {
  const tags = tagsIn(ifMatch);
  const etags = tags?.includes('*') ? undefined : tags;
  return answer(app, 200, await app.recoveries.command(id, next, etags));
}

/** The entity tags of a conditional header. Ours hold no commas. */
function tagsIn(header: string | undefined): string[] | undefined {
  return header?.split(',').map((tag) => tag.trim());
}

function answer(
  app: RequestsApp,
  status: number,
  { record, etag }: HeldRecord,
  headers: Readonly<Record<string, string>> = {},
): RouteAnswer {
  return { status, body: viewOf(record, app.ruleOf(record.operation.key)), headers: { ...headers, etag } };
}
