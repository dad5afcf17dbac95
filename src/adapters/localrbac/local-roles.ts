/** Local role-based access control of a Managed HSM over REST, for which there is no client library that suits. */

import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import type {
  LocalRoles,
  NewRoleDefinition,
  RoleAssignment,
  RoleDefinition,
} from '../../features/roles/ports.ts';
import { HsmRest, type HsmRestOptions } from '../http/hsm-rest.ts';
import { AssignmentList, DefinitionList, pathOf, ROLE_ID } from './role-schema.ts';

/** {@link LocalRoles} over REST. */
export class RestLocalRoles implements LocalRoles {
  readonly hsm: string;
  readonly #rest: HsmRest;

  constructor(options: HsmRestOptions) {
    this.hsm = options.hsm;
    this.#rest = new HsmRest(options);
  }

  async listDefinitions(signal?: AbortSignal): Promise<readonly RoleDefinition[]> {
    const { value } = await this.#call('list the roles', DefinitionList, 'GET', 'roleDefinitions', signal);
    return value.map(({ name, properties }) => ({
      id: name.toLowerCase(),
      roleName: properties.roleName,
      dataActions: properties.permissions.flatMap(({ dataActions }) => dataActions),
      notDataActions: properties.permissions.flatMap(({ notDataActions }) => notDataActions),
    }));
  }

  async listAssignments(signal?: AbortSignal): Promise<readonly RoleAssignment[]> {
    const { value } = await this.#call(
      'list the role assignments',
      AssignmentList,
      'GET',
      'roleAssignments',
      signal,
    );
    return value.map(({ name, properties }) => ({
      name,
      principalId: properties.principalId,
      roleId: (properties.roleDefinitionId.split('/').at(-1) ?? '').toLowerCase(),
      scope: properties.scope,
    }));
  }

  async putDefinition(definition: NewRoleDefinition, signal?: AbortSignal): Promise<void> {
    const { id, roleName, description, dataActions } = definition;
    const permission = { actions: [], notActions: [], dataActions, notDataActions: [] };
    const properties = {
      roleName,
      description,
      type: 'CustomRole',
      assignableScopes: ['/'],
      permissions: [permission],
    };
    await this.#call(`write the role ${roleName}`, z.unknown(), 'PUT', `roleDefinitions/${id}`, signal, {
      properties,
    });
  }

  async putAssignment(assignment: RoleAssignment, signal?: AbortSignal): Promise<void> {
    const { name, principalId, roleId, scope } = assignment;
    const properties = { roleDefinitionId: `${ROLE_ID}${roleId}`, principalId };
    const path = `roleAssignments/${name}`;
    await this.#call('assign a role', z.unknown(), 'PUT', path, signal, { properties }, scope);
  }

  #call<T extends z.ZodType>(
    what: string,
    answer: T,
    method: 'GET' | 'PUT',
    path: string,
    signal?: AbortSignal,
    body?: object,
    scope = '/',
  ): Promise<z.output<T>> {
    const call = {
      what,
      method,
      path: pathOf(scope, path),
      signal,
      ...definedOnly({ body }),
      // Recorded: a repeated assignment is a 400. It is what was wanted.
      fine: method === 'PUT' ? ['RoleAssignmentExists'] : [],
    };
    return this.#rest.call(call, (answered) => answer.parse(answered));
  }
}
