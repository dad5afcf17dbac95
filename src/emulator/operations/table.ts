// All operations of the data plane. The order does not matter: literal path segments win over parameters.
import { backupKey } from './backup-key.ts';
import { createKey } from './create-key.ts';
import { deleteKey } from './delete-key.ts';
import { getDeletedKey } from './get-deleted-key.ts';
import { getKey } from './get-key.ts';
import { getRandomBytes } from './get-random-bytes.ts';
import { importKey } from './import-key.ts';
import { listDeletedKeys } from './list-deleted-keys.ts';
import { listKeyVersions } from './list-key-versions.ts';
import { listKeys } from './list-keys.ts';
import type { Operation } from './operation.ts';
import { purgeDeletedKey } from './purge-deleted-key.ts';
import { recoverDeletedKey } from './recover-deleted-key.ts';
import { restoreKey } from './restore-key.ts';
import { rotateKey } from './rotate-key.ts';
import { getRotationPolicy, setRotationPolicy } from './rotation-policy.ts';
import { unknownAction } from './unknown-action.ts';
import { updateKey } from './update-key.ts';

export const OPERATIONS: readonly Operation[] = [
  backupKey,
  createKey,
  deleteKey,
  getDeletedKey,
  getKey,
  getRandomBytes,
  getRotationPolicy,
  importKey,
  listDeletedKeys,
  listKeys,
  listKeyVersions,
  purgeDeletedKey,
  recoverDeletedKey,
  restoreKey,
  rotateKey,
  setRotationPolicy,
  unknownAction,
  updateKey,
];
