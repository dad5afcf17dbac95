/** `hsm-warden recovery reject`: ends a recovery request that is still open. */
import { z } from 'zod';
import { defineCommand } from '../frame/define.ts';
import { API_OPTIONS, ApiOptions, openApi } from './open-api.ts';
import { ID_ARGUMENT, IdArgument, wholeId } from './recovery-id.ts';
import { viewAnswer } from './show-view.ts';

export const recoveryReject = defineCommand({
  path: 'recovery reject',
  summary: 'Reject an open recovery request as an approver',
  format: 'table',
  arguments: [ID_ARGUMENT],
  options: [{ flags: '--reason <text>', description: 'why, for the audit log' }, ...API_OPTIONS],
  examples: ["hsm-warden recovery reject 0r5kq1w7c2m8xj3v9b6t4n0a1z --reason 'the key was found'"],
  interrupted:
    'whether the request was rejected is not known; hsm-warden recovery show tells. The same command can be run again.',
  schema: z.object({ ...ApiOptions, ...IdArgument, reason: z.string('expected a reason').min(1) }),
  async run(context, given) {
    const api = await openApi(context, given);
    const view = await api.end(await wholeId(api, given.id), 'rejection', given.reason);
    return viewAnswer(view, api.pageOf(view.id));
  },
});
