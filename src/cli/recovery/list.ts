/** `hsm-warden recovery list`: the recovery requests, newest first. */

import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { STATES } from '../../features/recovery/model/record.ts';
import { isoCell } from '../connect/warden-options.ts';
import { defineCommand } from '../frame/define.ts';
import { wholeNumber } from '../frame/option-values.ts';
import { API_OPTIONS, ApiOptions, openApi } from './open-api.ts';

export const recoveryList = defineCommand({
  path: 'recovery list',
  summary: 'List the recovery requests, newest first',
  format: 'table',
  options: [
    { flags: '--state <state>', description: 'only requests in this state', choices: STATES },
    { flags: '--hsm <name>', description: 'only requests about this HSM' },
    { flags: '--key <name>', description: 'only requests about this key' },
    { flags: '--last <n>', description: 'at most so many (default: 50)' },
    ...API_OPTIONS,
  ],
  examples: ['hsm-warden recovery list --state requested'],
  schema: z.object({
    ...ApiOptions,
    state: z.enum(STATES).optional(),
    hsm: z.string().optional(),
    key: z.string().optional(),
    last: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(50),
  }),
  async run(context, given) {
    const { state, hsm, key } = given;
    const api = await openApi(context, given);
    const query = {
      ...definedOnly({ state, hsm, key }),
    };
    const found = await api.list(query, given.last);
    return {
      data: found,
      table: {
        whole: ['Id'],
        columns: ['Id', 'State', 'Action', 'Hsm', 'Key', 'Requester', 'Approvals', 'Created', 'Expires'],
        rows: found.map((one) => [
          one.id,
          one.state,
          one.operation.action,
          one.operation.hsm,
          one.operation.key,
          one.requester.name,
          `${one.approvals.length}/${one.policy.approvals}`,
          isoCell(one.createdAt),
          isoCell(one.expiresAt),
        ]),
      },
    };
  },
});
