/** `hsm-warden recovery request`: asks for a key to be brought back. */

import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { defineCommand } from '../frame/define.ts';
import { Moment } from '../frame/moment.ts';
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
    { flags: '--hsm <name>', description: 'the HSM the key was on' },
    { flags: '--key <name>', description: 'the key' },
    { flags: '--reason <text>', description: 'why, for the approvers and the audit log' },
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
  interrupted:
    'whether the request was opened is not known; hsm-warden recovery list tells. The same command can be run again.',
  schema: z.object({
    ...ApiOptions,
    hsm: z.string('expected the name of an HSM').min(1),
    key: z.string('expected the name of a key').min(1),
    reason: z.string('expected a reason').min(1),
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
