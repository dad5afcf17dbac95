// Decides whether a principal may do something: assignments at a scope, the roles they name, those roles' rights.
import { type ServiceError, unproven } from '../errors.ts';
import type { Operation, OperationRequest, Principal } from '../model/operation.ts';
import { foldedName } from '../state/key-names.ts';
import type { Permission } from '../state/model.ts';
import type { ReadableState } from '../state/pool-state.ts';
import { builtInRole } from './built-in-roles.ts';

/** The roles and assignments of a pool. */
export type Roles = Pick<ReadableState, 'roleAssignments' | 'roleDefinitions'>;

/** Refuses an operation that the principal has no right to. Throws ServiceError 403 AccessDenied. */
export function authorize(
  operation: Operation,
  request: OperationRequest,
  roles: Roles,
  principal: Principal,
): void {
  const scope = checkedScope(operation, request);
  if (!isAllowed(roles, principal.objectId, operation.dataAction, scope)) {
    throw accessDenied(operation.dataAction, scope);
  }
}

/** Whether an assignment at `scope` or above it gives the principal the right to `dataAction`. */
function isAllowed(roles: Roles, objectId: string, dataAction: string, scope: string): boolean {
  for (const assignment of roles.roleAssignments.values()) {
    if (!samePrincipal(assignment.principalId, objectId) || !covers(assignment.scope, scope)) continue;
    if (permissionsOf(roles, assignment.roleDefinitionId).some((one) => permits(one, dataAction)))
      return true;
  }
  return false;
}

/**
 * Whether an assignment at `assigned` counts for `scope`: the HSM above all keys, all keys above one. The name in the
 * scope of a key compares as names of keys do.
 */
export function covers(assigned: string, scope: string): boolean {
  const [above, below] = [foldedName(assigned), foldedName(scope)];
  return above === '/' || above === below || below.startsWith(`${above}/`);
}

/** Whether two scopes are the same one. */
export function sameScope(left: string, right: string): boolean {
  return foldedName(left) === foldedName(right);
}

/** The scope where an operation needs its right: `/`, `/keys` or `/keys/{name}`. */
function checkedScope(operation: Operation, request: OperationRequest): string {
  switch (operation.scope) {
    case 'root':
      return '/';
    case 'keys':
      return '/keys';
    case 'key':
      return `/keys/${request.params.name ?? ''}`;
    case 'path':
      return pathScope(request);
  }
}

/** The scope in front of `/providers/` in a role operation's path, which may be written with empty segments. */
export function pathScope({ path, params }: OperationRequest): string {
  if (params.name !== undefined) return `/keys/${params.name}`;
  const [first] = path.split('/').filter((segment) => segment !== '');
  return first?.toLowerCase() === 'keys' ? '/keys' : '/';
}

/** The GUID at the end of a role definition id, lower case. */
export function roleGuid(roleDefinitionId: string): string {
  return (roleDefinitionId.split('/').at(-1) ?? '').toLowerCase();
}

function accessDenied(action: string, scope: string): ServiceError {
  return unproven('accessDenied', { action, scope });
}

function permissionsOf(
  { roleDefinitions }: Roles,
  roleDefinitionId: string,
): readonly Pick<Permission, 'dataActions' | 'notDataActions'>[] {
  const guid = roleGuid(roleDefinitionId);
  const builtIn = builtInRole(guid);
  if (builtIn) return [{ dataActions: [...builtIn.dataActions], notDataActions: [] }];
  // A definition that was deleted while assigned gives nothing any more.
  return roleDefinitions.get(guid)?.permissions ?? [];
}

// As in Azure RBAC, notDataActions take away from the dataActions of the same permission and forbid nothing else.
function permits(
  { dataActions, notDataActions }: Pick<Permission, 'dataActions' | 'notDataActions'>,
  action: string,
): boolean {
  const named = (list: readonly string[]) => list.some((one) => one.toLowerCase() === action.toLowerCase());
  return named(dataActions) && !named(notDataActions);
}

function samePrincipal(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
