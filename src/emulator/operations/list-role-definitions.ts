// GET {scope}/providers/Microsoft.Authorization/roleDefinitions: the built-in roles, then the custom ones.

import type { Operation } from '../model/operation.ts';
import { BUILT_IN_ROLES } from '../rbac/built-in-roles.ts';
import { builtInAnswer, definitionAnswer } from '../rbac/role-answers.ts';
import { rolePaths } from '../rbac/role-paths.ts';

export const listRoleDefinitions: Operation = {
  name: 'listRoleDefinitions',
  method: 'GET',
  paths: rolePaths('roleDefinitions'),
  dataAction: 'Microsoft.KeyVault/managedHsm/roleDefinitions/read/action',
  scope: 'path',
  audit: 'RoleDefinitionList',
  limit: 'roles',
  latency: 'getKeys',
  handle(_request, state) {
    const custom = [...state.roleDefinitions.values()].map((definition) => definitionAnswer(definition));
    return { status: 200, body: { value: [...BUILT_IN_ROLES.map(builtInAnswer), ...custom] } };
  },
};
