// All operations of the data plane. The order does not matter: literal path segments win over parameters.

import type { Operation } from '../model/operation.ts';
import { backupKey } from './backup-key.ts';
import { createKey } from './create-key.ts';
import { deleteKey } from './delete-key.ts';
import { deleteRoleAssignment } from './delete-role-assignment.ts';
import { deleteRoleDefinition } from './delete-role-definition.ts';
import { getDeletedKey } from './get-deleted-key.ts';
import { getKey } from './get-key.ts';
import { getKeyAttestation } from './get-key-attestation.ts';
import { getRandomBytes } from './get-random-bytes.ts';
import { getRoleAssignment } from './get-role-assignment.ts';
import { getRoleDefinition } from './get-role-definition.ts';
import { importKey } from './import-key.ts';
import { listDeletedKeys } from './list-deleted-keys.ts';
import { listKeyVersions } from './list-key-versions.ts';
import { listKeys } from './list-keys.ts';
import { listRoleAssignments } from './list-role-assignments.ts';
import { listRoleDefinitions } from './list-role-definitions.ts';
import { purgeDeletedKey } from './purge-deleted-key.ts';
import { putRoleAssignment } from './put-role-assignment.ts';
import { putRoleDefinition } from './put-role-definition.ts';
import { recoverDeletedKey } from './recover-deleted-key.ts';
import { releaseKey } from './release-key.ts';
import { restoreKey } from './restore-key.ts';
import { rotateKey } from './rotate-key.ts';
import { getRotationPolicy, setRotationPolicy } from './rotation-policy.ts';
import { unknownAction } from './unknown-action.ts';
import { updateKey } from './update-key.ts';
import { decrypt, encrypt, sign, unwrapKey, verify, wrapKey } from './use-key.ts';

export const OPERATIONS: readonly Operation[] = [
  backupKey,
  createKey,
  decrypt,
  deleteKey,
  deleteRoleAssignment,
  deleteRoleDefinition,
  encrypt,
  getDeletedKey,
  getKey,
  getKeyAttestation,
  getRandomBytes,
  getRoleAssignment,
  getRoleDefinition,
  getRotationPolicy,
  importKey,
  listDeletedKeys,
  listKeys,
  listKeyVersions,
  listRoleAssignments,
  listRoleDefinitions,
  purgeDeletedKey,
  putRoleAssignment,
  putRoleDefinition,
  recoverDeletedKey,
  releaseKey,
  restoreKey,
  rotateKey,
  setRotationPolicy,
  sign,
  unknownAction,
  unwrapKey,
  updateKey,
  verify,
  wrapKey,
];
