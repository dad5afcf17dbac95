/** Role steps as people and scripts read them. */
import type { RoleStep } from '../../features/roles/plan.ts';
import type { Table } from '../frame/command.ts';

/** A step as data. */
export function stepData(step: RoleStep) {
  const { kind, role } = step;
  const base = { change: kind, role: role.roleName, roleId: role.id };
  switch (step.kind) {
    case 'create-role':
      return { ...base, add: role.dataActions };
    case 'narrow-role':
      return { ...base, remove: step.removed };
    case 'blocked':
      return { ...base, missing: step.missing };
    case 'assign':
      return { ...base, principalId: step.assignment.principalId, scope: step.assignment.scope };
  }
}

/** The steps as a diff: what is added with `+`, what is taken away with `-`. */
export function stepTable(steps: readonly RoleStep[]): Table {
  return {
    columns: ['Change', 'Role', 'Detail'],
    rows: steps.flatMap(rowsOf),
  };
}

function rowsOf(step: RoleStep): readonly (readonly string[])[] {
  const role = step.role.roleName;
  switch (step.kind) {
    case 'create-role':
      return step.role.dataActions.map((action) => ['create role', role, `+ ${action}`]);
    case 'narrow-role':
      return step.removed.map((action) => ['narrow role', role, `- ${action}`]);
    case 'blocked':
      return step.missing.map((action) => [
        'blocked',
        role,
        `lacks ${action}; delete the role, then apply again`,
      ]);
    case 'assign':
      return [['assign', role, `+ ${step.assignment.principalId} at ${step.assignment.scope}`]];
  }
}
