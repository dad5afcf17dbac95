/** `roles apply`: makes the two roles and assigns them, after showing what will change. */

import { z } from 'zod';
import { applySteps, observeRoles, planRoles } from '../../features/roles/plan.ts';
import { askLine } from '../frame/ask.ts';
import type { Table } from '../frame/command.ts';
import type { CommandContext } from '../frame/context.ts';
import { defineCommand } from '../frame/define.ts';
import { GuardRefusal } from '../frame/failures.ts';
import { renderTable } from '../frame/table.ts';
import { answerOfAll, applyEach, planEach, tableOfAll } from './every-hsm.ts';
import { EVERY_HSM_OPTION, openEveryRoles, openRoles, ROLE_OPTIONS, RoleOptions } from './role-options.ts';
import { stepData, stepTable } from './show-steps.ts';

export const rolesApply = defineCommand({
  path: 'roles apply',
  summary: 'make the local roles of the two apps and assign them',
  details: [
    'Shows the changes and asks first. Can be repeated: what is in place stays. An existing role is only ever cut back, never widened.',
    'Needs a Managed HSM Administrator.',
    'With --all it plans for every HSM of the settings, asks once, and applies. An HSM on which that fails is named and stops no other; then the exit code is 1.',
  ],
  options: [EVERY_HSM_OPTION, ...ROLE_OPTIONS, { flags: '--yes', description: 'do not ask' }],
  examples: [
    'hsm-warden roles apply --hsm-name contoso',
    'hsm-warden roles apply --hsm-name contoso --yes',
    'hsm-warden roles apply --all',
  ],
  format: 'table',
  interrupted: 'what was applied stays. Run the same command again: it goes on from there.',
  schema: RoleOptions.extend({ yes: z.boolean().optional(), all: z.boolean().optional() }),
  async run(context, given) {
    if (given.all === true) {
      const { hsms, doubts } = await openEveryRoles(context, given);
      const plans = await planEach(hsms, context);
      const changed = plans.filter(({ steps, failed }) => failed === undefined && steps.length > 0);
      if (changed.length > 0 && given.yes !== true)
        await askFor(context, tableOfAll(changed), changed.map(({ hsm }) => hsm).join(', '));
      return answerOfAll(await applyEach(plans, context), doubts, 'done', 'Everything was in place already.');
    }
    const { roles, principals, wanted } = await openRoles(context, given);
    const steps = planRoles(await observeRoles(roles, context.signal), principals, wanted);
    const blocked = steps.filter(({ kind }) => kind === 'blocked');
    if (blocked.length > 0) {
      throw new GuardRefusal(
        `A role of ours on HSM ${roles.hsm} lacks data actions, and an existing role is never widened: ${blocked.map(({ role }) => role.roleName).join(', ')}.`,
        `Look at \`hsm-warden roles plan\`, delete the role (az keyvault role definition delete), and apply again.`,
      );
    }
    if (steps.length > 0 && given.yes !== true) await askFor(context, stepTable(steps), roles.hsm);
    await applySteps(roles, steps, context.signal);
    return {
      data: steps.map(stepData),
      table: stepTable(steps),
      ...(steps.length === 0 ? { page: 'Everything was in place already.\n' } : {}),
    };
  },
});

/** Shows the changes. Fails with GuardRefusal unless the answer is yes. */
async function askFor(context: CommandContext, table: Table, hsms: string): Promise<void> {
  context.stderr.write(renderTable(table, { width: context.stderr.columns, now: 0, utc: true }));
  const answer = await askLine(context, `Change these on HSM ${hsms}? (yes/no) `);
  if (answer?.trim() !== 'yes') throw new GuardRefusal('Nothing was changed.', 'Answer yes, or add --yes.');
}
