/** `hsm-warden recovery show`: one recovery request in full. */
import { z } from 'zod';
import { defineCommand } from '../frame/define.ts';
import { API_OPTIONS, ApiOptions, openApi } from './open-api.ts';
import { ID_ARGUMENT, IdArgument, wholeId } from './recovery-id.ts';
import { viewAnswer } from './show-view.ts';

export const recoveryShow = defineCommand({
  path: 'recovery show',
  summary: 'Show a recovery request: what, who, how far',
  format: 'table',
  arguments: [ID_ARGUMENT],
  options: API_OPTIONS,
  examples: ['hsm-warden recovery show 0r5kq1w7c2m8xj3v9b6t4n0a1z'],
  schema: z.object({ ...ApiOptions, ...IdArgument }),
  async run(context, given) {
    const api = await openApi(context, given);
    const view = await api.get(await wholeId(api, given.id));
    return viewAnswer(view, api.pageOf(view.id));
  },
});
