// DELETE {scope}/providers/Microsoft.Authorization/roleAssignments/{id}: whatever the assignment's scope (recorded).
import { serviceErrors } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import { assignmentAnswer } from '../rbac/role-answers.ts';
import { roleName, rolePaths } from '../rbac/role-paths.ts';

export const deleteRoleAssignment: Operation = {
  name: 'deleteRoleAssignment',
  method: 'DELETE',
  paths: rolePaths('roleAssignments', '{id}'),
  dataAction: 'Microsoft.KeyVault/managedHsm/roleAssignments/delete/action',
  scope: 'path',
  audit: 'RoleAssignmentDelete',
  limit: 'roles',
  latency: 'updateKey',
  handle({ params }, state) {
    const name = roleName(params);
    const assignment = state.roleAssignments.get(name);
    if (!assignment) throw serviceErrors.roleAssignmentNotFound();
    return {
      status: 200,
      body: assignmentAnswer(assignment),
      changes: [{ type: 'dropRoleAssignment', name }],
    };
  },
};
