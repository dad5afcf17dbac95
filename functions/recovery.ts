/** The HTTP routes of recovery requests. */
import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import { z } from 'zod';
import { ROLES } from '../src/features/recovery/access/caller.ts';
import { ApprovalBody, AskBody, EndBody, RecoveryQuery } from '../src/features/recovery/model/asking.ts';
import type { HeldRecord } from '../src/features/recovery/model/ports.ts';
import { RecoveryId } from '../src/features/recovery/model/record.ts';
import { viewOf } from '../src/features/recovery/model/view.ts';
import type { PersonCommand } from '../src/features/recovery/request/recoveries.ts';
import { type AppForInvocation, type Guarded, guarded } from './guard.ts';
import { check, json, readBody, readQuery } from './http.ts';

const READERS = [ROLES.read, ROLES.request, ROLES.approve, ROLES.audit];
const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'expected 1 to 255 visible ASCII characters');

/** Registers asking, looking, approving, rejecting and cancelling. */
export function registerRecovery(appFor: AppForInvocation): void {
  app.http('recoveryAsk', {
    methods: ['POST'],
    authLevel: 'anonymous',
    route: 'recoveries',
    handler: guarded(appFor, [ROLES.request], ask),
  });
  app.http('recoveryList', {
    methods: ['GET'],
    authLevel: 'anonymous',
    route: 'recoveries',
    handler: guarded(appFor, READERS, list),
  });
  app.http('recoveryGet', {
    methods: ['GET'],
    authLevel: 'anonymous',
    route: 'recoveries/{id}',
    handler: guarded(appFor, READERS, get),
  });
  app.http('recoveryApprove', {
    methods: ['POST'],
    authLevel: 'anonymous',
    route: 'recoveries/{id}/approvals',
    handler: guarded(appFor, [ROLES.approve], approve),
  });
  app.http('recoveryReject', {
    methods: ['POST'],
    authLevel: 'anonymous',
    route: 'recoveries/{id}/rejection',
    handler: guarded(appFor, [ROLES.approve], (given) => end(given, 'reject')),
  });
  app.http('recoveryCancel', {
    methods: ['POST'],
    authLevel: 'anonymous',
    route: 'recoveries/{id}/cancellation',
    handler: guarded(appFor, [ROLES.request], (given) => end(given, 'cancel')),
  });
}

async function ask({ app: recovery, caller, request }: Guarded): Promise<HttpResponseInit> {
  const key = check(
    IdempotencyKey.optional(),
    request.headers.get('idempotency-key') ?? undefined,
    'Idempotency-Key',
  );
  const body = await readBody(request, AskBody);
  const held = await recovery.recoveries.open(caller.actor, body, key);
  return answer(202, held, { location: `/api/recoveries/${held.record.id}` });
}

async function list({ app: recovery, request }: Guarded): Promise<HttpResponseInit> {
  const page = await recovery.list(readQuery(request, RecoveryQuery));
  return json(200, {
    items: page.items.map(viewOf),
    ...(page.next === undefined ? {} : { next: page.next }),
  });
}

async function get({ app: recovery, request }: Guarded): Promise<HttpResponseInit> {
  const held = await recovery.recoveries.get(idOf(request));
  // Compared weakly, RFC 9110 section 13.1.2.
  const known = tagsOf(request, 'if-none-match')?.map((tag) => tag.replace(/^W\//, ''));
  if (!known?.some((tag) => tag === '*' || tag === held.etag)) return answer(200, held);
  return { status: 304, headers: { etag: held.etag, 'cache-control': 'no-store' } };
}

async function approve(given: Guarded): Promise<HttpResponseInit> {
  const { digest } = await readBody(given.request, ApprovalBody);
  const { actor, groups } = given.caller;
  return command(given, { type: 'approve', by: actor, groups, digest });
}

async function end(given: Guarded, type: 'reject' | 'cancel'): Promise<HttpResponseInit> {
  const { reason } = await readBody(given.request, EndBody);
  return command(given, { type, by: given.caller.actor, reason });
}

async function command({ app: recovery, request }: Guarded, next: PersonCommand): Promise<HttpResponseInit> {
  const tags = tagsOf(request, 'if-match');
  const etags = tags?.includes('*') ? undefined : tags;
  return answer(200, await recovery.recoveries.command(idOf(request), next, etags));
}

/** The entity tags of a conditional header. Ours hold no commas. */
function tagsOf(request: HttpRequest, header: string): string[] | undefined {
  return request.headers
    .get(header)
    ?.split(',')
    .map((tag) => tag.trim());
}

function idOf(request: HttpRequest): string {
  return check(RecoveryId, request.params.id, 'id');
}

function answer(
  status: number,
  { record, etag }: HeldRecord,
  headers: Record<string, string> = {},
): HttpResponseInit {
  return json(status, viewOf(record), { ...headers, etag });
}
