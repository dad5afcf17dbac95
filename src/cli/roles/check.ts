/** `roles check`: fails when an identity of ours holds more than its role, or less. */
import { checkAlone, checkRoles, observeRoles, type RoleProblem } from '../../features/roles/plan.ts';
import { defineCommand } from '../frame/define.ts';
import { openRoles, ROLE_OPTIONS, RoleOptions } from './role-options.ts';

export const rolesCheck = defineCommand({
  path: 'roles check',
  summary: 'check that the two apps hold their local roles and no more',
  details: [
    'Exits with 1 when an identity lacks a right, or holds one beyond its role, through whatever assignment.',
    'Rights that come through membership in a group are not seen: the HSM names groups, not members. Keep the identities out of groups.',
  ],
  options: ROLE_OPTIONS,
  examples: ['hsm-warden roles check --hsm-name contoso'],
  format: 'table',
  schema: RoleOptions,
  async run(context, given) {
    const { roles, principals, wanted } = await openRoles(context, given);
    const observed = await observeRoles(roles, context.signal);
    const { drill } = principals;
    const problems = [
      ...checkRoles(observed, principals, wanted),
      ...(drill === undefined ? [] : checkAlone(observed, drill)),
    ];
    return {
      data: problems,
      table: { columns: ['App', 'Problem', 'Data action', 'Through'], rows: problems.map(row) },
      ...(problems.length === 0
        ? {
            page:
              drill === undefined
                ? `Both identities hold their role on HSM ${roles.hsm}, and nothing else.\n`
                : `The drill app holds its role on HSM ${roles.hsm} and nothing else, and nobody else may use keys there.\n`,
          }
        : { exit: 'failed' as const }),
    };
  },
});

function row(problem: RoleProblem): readonly string[] {
  if (problem.kind === 'missing') return [problem.app, 'missing', problem.dataAction, ''];
  if (problem.kind === 'stranger') {
    const who = `somebody else may use keys: ${problem.principalId}`;
    return [problem.app, who, problem.dataAction, `${problem.through} at ${problem.scope}`];
  }
  const what = problem.kind === 'forbidden' ? `forbidden: may ${problem.because}` : 'more than its role';
  return [problem.app, what, problem.dataAction, `${problem.through} at ${problem.scope}`];
}
