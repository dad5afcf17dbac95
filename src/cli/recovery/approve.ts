/** `hsm-warden recovery approve`: approves exactly what was shown, by the digest that stands for it. */
import { z } from 'zod';
import { askLine } from '../frame/ask.ts';
import { defineCommand } from '../frame/define.ts';
import { GuardRefusal } from '../frame/failures.ts';
import { renderTable } from '../frame/table.ts';
import { API_OPTIONS, ApiOptions, openApi } from './open-api.ts';
import { ID_ARGUMENT, IdArgument, wholeId } from './recovery-id.ts';
import { viewAnswer } from './show-view.ts';

export const recoveryApprove = defineCommand({
  path: 'recovery approve',
  summary: 'Approve a recovery request',
  details: [
    'Shows the request and asks for the name of the key. The approval carries the digest of what was shown: were the request another one by then, the app would refuse it. With --digest there is no question.',
  ],
  format: 'table',
  arguments: [ID_ARGUMENT],
  options: [{ flags: '--digest <hex>', description: 'the digest of what is approved' }, ...API_OPTIONS],
  examples: ['hsm-warden recovery approve 0r5kq1w7c2m8xj3v9b6t4n0a1z'],
  interrupted:
    'whether the approval was given is not known; hsm-warden recovery show tells. The same command can be run again.',
  schema: z.object({
    ...ApiOptions,
    ...IdArgument,
    digest: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits')
      .optional(),
  }),
  async run(context, given) {
    const api = await openApi(context, given);
    const id = await wholeId(api, given.id);
    if (given.digest !== undefined) return viewAnswer(await api.approve(id, given.digest), api.pageOf(id));
    const shown = await api.get(id);
    const { table } = viewAnswer(shown, api.pageOf(id));
    if (table !== undefined)
      context.stderr.write(
        `${renderTable(table, { width: context.stderr.columns, now: context.clock.now(), utc: false })}\n`,
      );
    const { key } = shown.operation;
    const answer = await askLine(context, `Type the name of the key to approve this: `);
    if (answer?.trim() !== key) {
      throw new GuardRefusal(
        'Nothing was approved: the name of the key was not typed.',
        `It is ${key}; or give --digest.`,
      );
    }
    return viewAnswer(await api.approve(id, shown.digest), api.pageOf(id));
  },
});
