/** `hsm-warden key get-policy-template`: what a release policy looks like. */
import { z } from 'zod';
import { CONNECTION_OPTIONS, ConnectionOptions } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { POLICY_TEMPLATE } from './release-policy.ts';

export const keyGetPolicyTemplate = defineCommand({
  path: 'key get-policy-template',
  isAz: true,
  summary: 'Print a template of a release policy',
  details: ['Nothing is contacted.'],
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden key get-policy-template'],
  schema: z.object(ConnectionOptions),
  run: async () => ({ data: POLICY_TEMPLATE }),
});
