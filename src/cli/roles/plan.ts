/** `roles plan`: what `roles apply` would change. */
import { z } from 'zod';
import { observeRoles, planRoles } from '../../features/roles/plan.ts';
import { defineCommand } from '../frame/define.ts';
import { answerOfAll, planEach } from './every-hsm.ts';
import { EVERY_HSM_OPTION, openEveryRoles, openRoles, ROLE_OPTIONS, RoleOptions } from './role-options.ts';
import { stepData, stepTable } from './show-steps.ts';

export const rolesPlan = defineCommand({
  path: 'roles plan',
  summary: 'show what the local roles of an HSM lack',
  details: ['Changes nothing. Needs the right to read roles, such as Managed HSM Crypto Auditor.'],
  options: [EVERY_HSM_OPTION, ...ROLE_OPTIONS],
  examples: ['hsm-warden roles plan --hsm-name contoso -o table', 'hsm-warden roles plan --all'],
  format: 'table',
  schema: RoleOptions.extend({ all: z.boolean().optional() }),
  async run(context, given) {
    if (given.all === true) {
      const { hsms, doubts } = await openEveryRoles(context, given);
      return answerOfAll(await planEach(hsms, context), doubts, 'planned', 'Nothing to change on any HSM.');
    }
    const { roles, principals, wanted } = await openRoles(context, given);
    const steps = planRoles(await observeRoles(roles, context.signal), principals, wanted);
    return {
      data: steps.map(stepData),
      table: stepTable(steps),
      ...(steps.length === 0 ? { page: 'Nothing to change.\n' } : {}),
    };
  },
});
