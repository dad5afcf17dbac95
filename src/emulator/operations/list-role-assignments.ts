// GET {scope}/providers/Microsoft.Authorization/roleAssignments: the assignments of the pool.

import type { Operation } from '../model/operation.ts';
import { covers, pathScope } from '../rbac/authorize.ts';
import { assignmentAnswer } from '../rbac/role-answers.ts';
import { rolePaths } from '../rbac/role-paths.ts';

export const listRoleAssignments: Operation = {
  name: 'listRoleAssignments',
  method: 'GET',
  paths: rolePaths('roleAssignments'),
  dataAction: 'Microsoft.KeyVault/managedHsm/roleAssignments/read/action',
  scope: 'path',
  audit: 'RoleAssignmentList',
  limit: 'roles',
  latency: 'getKeys',
  handle(request, state) {
    const scope = pathScope(request);
    // Recorded: at `/` and `/keys` the scope of the path does not filter. At one key nothing was recorded; the
    // assignments that count for the key are the likely answer.
    const everything = scope === '/' || scope === '/keys';
    const shown = [...state.roleAssignments.values()].filter((one) => everything || covers(one.scope, scope));
    return { status: 200, body: { value: shown.map(assignmentAnswer) } };
  },
};
