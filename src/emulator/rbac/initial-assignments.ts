// The role assignments that a new pool starts with.
import type { RoleAssignmentRecord } from '../state/model.ts';
import { BUILT_IN_ROLES } from './built-in-roles.ts';

// A real pool gives its first administrators the Administrator role alone, which has no right on any key.
// The emulator's token is meant for all work, so its principal gets these as well; together they hold
// every data action of every built-in role.
const ROLES = ['Managed HSM Administrator', 'Managed HSM Crypto Officer', 'Managed HSM Crypto User'] as const;

/** The assignments of the emulator's own administrator, at the whole HSM. `guid` makes their names. */
export function initialAssignments(principalId: string, guid: () => string): RoleAssignmentRecord[] {
  return BUILT_IN_ROLES.filter(({ roleName }) => ROLES.some((one) => one === roleName)).map(({ name }) => ({
    name: guid(),
    principalId,
    roleDefinitionId: `Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/${name}`,
    scope: '/',
  }));
}
