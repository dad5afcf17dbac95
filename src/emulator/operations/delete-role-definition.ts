// DELETE {scope}/providers/Microsoft.Authorization/roleDefinitions/{id}: answers with what was deleted.
import { serviceErrors } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import { builtInRole } from '../rbac/built-in-roles.ts';
import { definitionAnswer } from '../rbac/role-answers.ts';
import { roleName, rolePaths } from '../rbac/role-paths.ts';

export const deleteRoleDefinition: Operation = {
  name: 'deleteRoleDefinition',
  method: 'DELETE',
  paths: rolePaths('roleDefinitions', '{id}'),
  dataAction: 'Microsoft.KeyVault/managedHsm/roleDefinitions/delete/action',
  scope: 'path',
  audit: 'RoleDefinitionDelete',
  limit: 'roles',
  latency: 'updateKey',
  handle({ params }, state) {
    const name = roleName(params);
    if (builtInRole(name)) throw serviceErrors.builtInRole();
    const definition = state.roleDefinitions.get(name);
    if (!definition) throw serviceErrors.roleDefinitionNotFound();
    return {
      status: 200,
      body: definitionAnswer(definition),
      changes: [{ type: 'dropRoleDefinition', name }],
    };
  },
};
