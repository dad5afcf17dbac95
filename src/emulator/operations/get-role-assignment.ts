// GET {scope}/providers/Microsoft.Authorization/roleAssignments/{id}: one assignment, whatever its scope.
import { serviceErrors } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import { assignmentAnswer } from '../rbac/role-answers.ts';
import { roleName, rolePaths } from '../rbac/role-paths.ts';

export const getRoleAssignment: Operation = {
  name: 'getRoleAssignment',
  method: 'GET',
  paths: rolePaths('roleAssignments', '{id}'),
  dataAction: 'Microsoft.KeyVault/managedHsm/roleAssignments/read/action',
  scope: 'path',
  audit: 'RoleAssignmentGet',
  limit: 'roles',
  latency: 'getKey',
  handle({ params }, state) {
    const assignment = state.roleAssignments.get(roleName(params));
    if (!assignment) throw serviceErrors.roleAssignmentNotFound();
    return { status: 200, body: assignmentAnswer(assignment) };
  },
};
