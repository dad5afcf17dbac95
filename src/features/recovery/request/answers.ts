/** Requests as answers: as whoever asks may see them. */
import type { RouteAnswer, RouteCall } from '../../../core/route.ts';
import { isoTime } from '../../../core/time.ts';
import { type Caller, ROLES } from '../access/caller.ts';
import type { RecoveryView, Standing } from '../model/asking.ts';
import type { ApprovalRule } from '../model/policy.ts';
import type { HeldRecord } from '../model/ports.ts';
import type { RecoveryRecord } from '../model/record.ts';
import { viewOf } from '../model/view.ts';
import { type Happened, historyView } from './history.ts';

/** What answers are made with. */
export interface AnswersApp {
  /** What the policy asks for a key today. */
  ruleOf(key: string): ApprovalRule;
  /** What `caller` may do to a request now. */
  standing(record: RecoveryRecord, caller: Caller): Standing;
  history(id: string): Promise<readonly Happened[]>;
  purgeAt(record: RecoveryRecord): Promise<number | undefined>;
}

/** The request as it stands. */
export function answer(
  call: RouteCall<AnswersApp, Caller>,
  status: number,
  { record, etag }: HeldRecord,
  headers: Readonly<Record<string, string>> = {},
): RouteAnswer {
  return { status, body: viewFor(call, record), headers: { ...headers, etag } };
}

/** One request with what happened to it. */
export async function whole(
  call: RouteCall<AnswersApp, Caller>,
  { record, etag }: HeldRecord,
): Promise<RouteAnswer> {
  const { app, caller } = call;
  const [history, purgeAt] = await Promise.all([app.history(record.id), app.purgeAt(record)]);
  const isAuditor = caller?.roles.includes(ROLES.audit) === true;
  const body = {
    ...viewFor(call, record),
    history: historyView(history, isAuditor),
    ...(purgeAt === undefined ? {} : { purgeAt: isoTime(purgeAt) }),
  };
  return { status: 200, body, headers: { etag } };
}

/** The request as whoever asks may see it, with what they may do to it. */
export function viewFor(
  { app, caller }: RouteCall<AnswersApp, Caller>,
  record: RecoveryRecord,
): RecoveryView {
  const view = viewOf(record, app.ruleOf(record.operation.key));
  return caller === undefined ? view : { ...view, you: app.standing(record, caller) };
}
