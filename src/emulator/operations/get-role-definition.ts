// GET {scope}/providers/Microsoft.Authorization/roleDefinitions/{id}: one role definition by its GUID.
import { serviceErrors } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import { builtInRole } from '../rbac/built-in-roles.ts';
import { builtInAnswer, definitionAnswer } from '../rbac/role-answers.ts';
import { roleName, rolePaths } from '../rbac/role-paths.ts';

export const getRoleDefinition: Operation = {
  name: 'getRoleDefinition',
  method: 'GET',
  paths: rolePaths('roleDefinitions', '{id}'),
  dataAction: 'Microsoft.KeyVault/managedHsm/roleDefinitions/read/action',
  scope: 'path',
  audit: 'RoleDefinitionGet',
  limit: 'roles',
  latency: 'getKey',
  handle({ params }, state) {
    const name = roleName(params);
    const builtIn = builtInRole(name);
    if (builtIn) return { status: 200, body: builtInAnswer(builtIn) };
    const definition = state.roleDefinitions.get(name);
    if (!definition) throw serviceErrors.roleDefinitionNotFound();
    return { status: 200, body: definitionAnswer(definition) };
  },
};
