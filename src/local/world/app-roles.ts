/** The identities of the apps in the local HSMs, each with the very role that a deployment gives it. */
import type { Change } from '../../emulator/state/model.ts';
import { DRILL_ROLE, ROLE_SCOPE, WARDEN_ROLES, type WardenRole } from '../../features/roles/roles.ts';

/** By app: the client id by which it asks for tokens, and the object id that its tokens carry. */
export const IDENTITIES = {
  backup: {
    clientId: '6b0e5c2f-08d1-4f0a-9d35-1c7a4e2b9f01',
    objectId: '5d0f7c1e-6a43-4d0c-9a57-3f2b8f0d7c11',
  },
  drill: {
    clientId: 'b71e0d4c-93a8-4f26-8c15-5e2f7a6d0b31',
    objectId: 'c84f2a6d-17be-4a39-95d0-8b3e6f1c7a42',
  },
  recovery: {
    clientId: '9c4d2a7e-5b16-4e8f-8a20-6f3d1b0c7e02',
    objectId: 'a3f86b1d-2e94-4c57-b0d6-7e1c5a9f4d22',
  },
} as const;

const ASSIGNMENTS = {
  backup: '0c9d2e7b-41f6-4b83-9e3d-5b1a6f8c7d32',
  recovery: '1f7b8a3c-60e5-4d92-8c4e-2a9d7b6f5e43',
  drill: '3d8c5f1a-72b6-4e09-a1d4-6c0b9e8f2a57',
} as const;

/** Changes that make the custom roles of a protected HSM, and give each app its own. */
export function appRoles(): Change[] {
  return rolesOf(WARDEN_ROLES);
}

/** The same for the drill HSM: nobody but the drill app has a role there. */
export function drillRoles(): Change[] {
  return rolesOf([DRILL_ROLE]);
}

function rolesOf(roles: readonly WardenRole[]): Change[] {
  return roles.flatMap(({ app, id, roleName, description, dataActions }): Change[] => [
    {
      type: 'putRoleDefinition',
      definition: {
        name: id,
        roleName,
        description,
        assignableScopes: ['/'],
        permissions: [{ actions: [], notActions: [], dataActions: [...dataActions], notDataActions: [] }],
      },
    },
    {
      type: 'putRoleAssignment',
      assignment: {
        name: ASSIGNMENTS[app],
        principalId: IDENTITIES[app].objectId,
        roleDefinitionId: `Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/${id}`,
        scope: ROLE_SCOPE,
      },
    },
  ]);
}
