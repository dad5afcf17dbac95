/** `hsm-warden recovery request`: asks for a key to be brought back. */

import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { defineCommand } from '../frame/define.ts';
import { Moment } from '../frame/moment.ts';
import { ASK_INTERRUPTED, Asking, KEY_OPTIONS, REASON_OPTION } from './asking.ts';
import { API_OPTIONS, ApiOptions, openApi } from './open-api.ts';
import { viewAnswer } from './show-view.ts';

export const recoveryRequest = defineCommand({
  path: 'recovery request',
  summary: 'Ask for a key to be brought back',
  details: [
    'The app looks at the key, says what it would do, and waits for the approvals that the policy wants. Nothing is done before.',
  ],
  format: 'table',
  options: [
    ...KEY_OPTIONS,
    REASON_OPTION,
    {
      flags: '--action <action>',
      description: 'what to do (default: auto)',
      choices: ['auto', 'recover', 'restore'],
    },
    { flags: '--target <name>', description: 'another HSM of the same security domain to restore into' },
    { flags: '--as-of <when>', description: 'restore the newest backup captured at or before this moment' },
    { flags: '--backup <blob>', description: 'restore this backup' },
    ...API_OPTIONS,
  ],
  examples: [
    "hsm-warden recovery request --hsm contoso --key payments-data --reason 'deleted by mistake, ticket 4711'",
  ],
  interrupted: ASK_INTERRUPTED,
  schema: z.object({
    ...ApiOptions,
    ...Asking,
    action: z.enum(['auto', 'recover', 'restore']).default('auto'),
    target: z.string().optional(),
    asOf: Moment.optional(),
    backup: z.string().optional(),
  }),
  async run(context, given) {
    const { hsm, key, reason, action, target, asOf, backup } = given;
    const api = await openApi(context, given);
    const view = await api.ask({
      ...{ hsm, key, reason, action },
      ...definedOnly({ target }),
      ...(asOf === undefined ? {} : { asOf: asOf.toISOString() }),
      ...definedOnly({ backup }),
    });
    return viewAnswer(view, api.pageOf(view.id));
  },
});
