/** `roles apply`: makes the two roles and assigns them, after showing what will change. */

import { z } from 'zod';
import { applySteps, observeRoles, planRoles } from '../../features/roles/plan.ts';
import { askLine } from '../frame/ask.ts';
import { defineCommand } from '../frame/define.ts';
import { GuardRefusal } from '../frame/failures.ts';
import { renderTable } from '../frame/table.ts';
import { openRoles, ROLE_OPTIONS, RoleOptions } from './role-options.ts';
import { stepData, stepTable } from './show-steps.ts';

export const rolesApply = defineCommand({
  path: 'roles apply',
  summary: 'make the local roles of the two apps and assign them',
  details: [
    'Shows the changes and asks first. Can be repeated: what is in place stays. An existing role is only ever cut back, never widened.',
    'Needs a Managed HSM Administrator.',
  ],
  options: [...ROLE_OPTIONS, { flags: '--yes', description: 'do not ask' }],
  examples: ['hsm-warden roles apply --hsm-name contoso', 'hsm-warden roles apply --hsm-name contoso --yes'],
  format: 'table',
  interrupted: 'what was applied stays. Run the same command again: it goes on from there.',
  schema: RoleOptions.extend({ yes: z.boolean().optional() }),
  async run(context, given) {
    const { roles, principals, wanted } = await openRoles(context, given);
    const steps = planRoles(await observeRoles(roles, context.signal), principals, wanted);
    const blocked = steps.filter(({ kind }) => kind === 'blocked');
    if (blocked.length > 0) {
      throw new GuardRefusal(
        `A role of ours on HSM ${roles.hsm} lacks data actions, and an existing role is never widened: ${blocked.map(({ role }) => role.roleName).join(', ')}.`,
        `Look at \`hsm-warden roles plan\`, delete the role (az keyvault role definition delete), and apply again.`,
      );
    }
    if (steps.length > 0 && given.yes !== true) {
      context.stderr.write(
        renderTable(stepTable(steps), { width: context.stderr.columns, now: 0, utc: true }),
      );
      const answer = await askLine(context, `Change these on HSM ${roles.hsm}? (yes/no) `);
      if (answer?.trim() !== 'yes')
        throw new GuardRefusal('Nothing was changed.', 'Answer yes, or add --yes.');
    }
    await applySteps(roles, steps, context.signal);
    return {
      data: steps.map(stepData),
      table: stepTable(steps),
      ...(steps.length === 0 ? { page: 'Everything was in place already.\n' } : {}),
    };
  },
});
