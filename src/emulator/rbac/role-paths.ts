// The paths of role operations: the same resource under each of the three kinds of scope.

/** The paths of a list (without `id`) or of one role definition or assignment. */
export function rolePaths(kind: 'roleDefinitions' | 'roleAssignments', id?: '{id}'): string[] {
  const resource = `/providers/Microsoft.Authorization/${kind}${id === undefined ? '' : `/${id}`}`;
  return ['', '/keys', '/keys/{name}'].map((scope) => `${scope}${resource}`);
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a lower-case name is a GUID, of any version. */
export function isGuid(name: string): boolean {
  return GUID.test(name);
}

/** The lower-case `{id}` of a role request's path. */
export function roleName(params: Readonly<Record<string, string>>): string {
  return (params.id ?? '').toLowerCase();
}
