/** The app's identity in the local HSMs, and the one role it has there: what the backup needs, and nothing that destroys. */
import type { Change } from '../../emulator/state/model.ts';

/** Object id of the app's identity. */
export const APP_ID = '5d0f7c1e-6a43-4d0c-9a57-3f2b8f0d7c11';
const ROLE_ID = 'b6f1c2a4-93de-4f0b-8d1f-7a5e2c9b4e21';
const ASSIGNMENT_ID = '0c9d2e7b-41f6-4b83-9e3d-5b1a6f8c7d32';

const DATA_ACTIONS = [
  'Microsoft.KeyVault/managedHsm/keys/read/action',
  'Microsoft.KeyVault/managedHsm/keys/backup/action',
  'Microsoft.KeyVault/managedHsm/keys/deletedKeys/read/action',
];

/** Changes that make the custom role and give it to the app at the whole HSM. */
export function appRole(): Change[] {
  const definition = {
    name: ROLE_ID,
    roleName: 'HSM Warden Backup',
    description: 'Reads keys and soft-deleted keys and backs keys up.',
    assignableScopes: ['/'],
    permissions: [{ actions: [], notActions: [], dataActions: DATA_ACTIONS, notDataActions: [] }],
  };
  const assignment = {
    name: ASSIGNMENT_ID,
    principalId: APP_ID,
    roleDefinitionId: `Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/${ROLE_ID}`,
    scope: '/',
  };
  return [
    { type: 'putRoleDefinition', definition },
    { type: 'putRoleAssignment', assignment },
  ];
}
