// PUT {scope}/providers/Microsoft.Authorization/roleAssignments/{id}: gives a role to a principal at the scope.
import { z } from 'zod';
import { serviceErrors, unproven } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import { pathScope, roleGuid, sameScope } from '../rbac/authorize.ts';
import { builtInRole } from '../rbac/built-in-roles.ts';
import { assignmentAnswer } from '../rbac/role-answers.ts';
import { isGuid, roleName, rolePaths } from '../rbac/role-paths.ts';
import type { ReadableState } from '../state/pool-state.ts';
import { parseBody } from './key-request.ts';

// Microsoft Learn, "Managed HSM service limits". `/keys` is taken for HSM scope, which the page does not say.
const MAX_AT_HSM = 50;
const MAX_AT_KEY = 10;

const Body = z.object({
  properties: z.object({ roleDefinitionId: z.string().min(1), principalId: z.string().min(1) }),
});

export const putRoleAssignment: Operation = {
  name: 'putRoleAssignment',
  method: 'PUT',
  paths: rolePaths('roleAssignments', '{id}'),
  dataAction: 'Microsoft.KeyVault/managedHsm/roleAssignments/write/action',
  scope: 'path',
  audit: 'RoleAssignmentPut',
  limit: 'roles',
  latency: 'updateKey',
  handle(request, state, { limited }) {
    const name = roleName(request.params);
    const scope = pathScope(request);
    if (!isGuid(name)) throw unproven('badValue', { detail: 'Role assignment name must be a GUID' });
    const { properties } = parseBody(Body, request.body);
    if (state.roleAssignments.has(name)) throw serviceErrors.roleAssignmentExists();
    const role = roleGuid(properties.roleDefinitionId);
    if (!builtInRole(role) && !state.roleDefinitions.has(role)) throw serviceErrors.roleDefinitionNotFound();
    if (limited) checkLimit(state, scope);
    const assignment = { name, ...properties, scope };
    return {
      status: 201,
      body: assignmentAnswer(assignment),
      changes: [{ type: 'putRoleAssignment', assignment }],
    };
  },
};

function checkLimit(state: ReadableState, scope: string): void {
  const atHsm = (one: string) => one === '/' || one === '/keys';
  const limit = atHsm(scope) ? MAX_AT_HSM : MAX_AT_KEY;
  const same = atHsm(scope) ? atHsm : (one: string) => sameScope(one, scope);
  const count = [...state.roleAssignments.values()].filter((one) => same(one.scope)).length;
  if (count >= limit) throw unproven('tooManyRoleAssignments', { limit, scope });
}
