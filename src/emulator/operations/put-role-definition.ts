// PUT {scope}/providers/Microsoft.Authorization/roleDefinitions/{id}: makes or replaces a custom role definition.
import { z } from 'zod';
import { serviceErrors, unproven } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import { builtInRole } from '../rbac/built-in-roles.ts';
import { isDataAction } from '../rbac/data-actions.ts';
import { definitionAnswer } from '../rbac/role-answers.ts';
import { isGuid, roleName, rolePaths } from '../rbac/role-paths.ts';
import { parseBody } from './key-request.ts';

/** Microsoft Learn, "Managed HSM service limits". */
const MAX_CUSTOM_ROLES = 50;

const Actions = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);
const Permission = z.object({
  actions: Actions,
  dataActions: Actions,
  notActions: Actions,
  notDataActions: Actions,
});
// Recorded: what is left out becomes empty, for a PUT replaces the whole definition.
const Body = z.object({
  properties: z.object({
    roleName: z.string().nullish(),
    description: z.string().nullish(),
    assignableScopes: z.array(z.string()).nullish(),
    permissions: z.array(Permission).nullish(),
  }),
});

export const putRoleDefinition: Operation = {
  name: 'putRoleDefinition',
  method: 'PUT',
  paths: rolePaths('roleDefinitions', '{id}'),
  dataAction: 'Microsoft.KeyVault/managedHsm/roleDefinitions/write/action',
  scope: 'path',
  audit: 'RoleDefinitionPut',
  limit: 'roles',
  latency: 'updateKey',
  handle({ params, body }, state, { limited }) {
    const name = roleName(params);
    if (!isGuid(name)) throw serviceErrors.roleNameNotGuid();
    if (builtInRole(name)) throw serviceErrors.builtInRole();
    const { properties } = parseBody(Body, body);
    for (const { dataActions, notDataActions } of properties.permissions ?? []) {
      const unknown = [...dataActions, ...notDataActions].find((action) => !isDataAction(action));
      if (unknown !== undefined) throw unproven('unknownDataAction', { action: unknown });
    }
    const isNew = !state.roleDefinitions.has(name);
    if (limited && isNew && state.roleDefinitions.size >= MAX_CUSTOM_ROLES) {
      throw unproven('tooManyRoleDefinitions', { limit: MAX_CUSTOM_ROLES });
    }
    const definition = {
      name,
      roleName: properties.roleName ?? '',
      description: properties.description ?? '',
      assignableScopes: properties.assignableScopes ?? ['/'],
      permissions: properties.permissions ?? [],
    };
    return {
      status: 201,
      body: definitionAnswer(definition),
      changes: [{ type: 'putRoleDefinition', definition }],
    };
  },
};
