/** The table of all commands, in the order in which help and documentation show them. */

import { backupList } from './backup/list.ts';
import { backupRebuild } from './backup/rebuild.ts';
import { backupRestoreAll } from './backup/restore-all.ts';
import { backupRun } from './backup/run.ts';
import { backupShow } from './backup/show.ts';
import { backupVerify } from './backup/verify.ts';
import type { Command } from './frame/command.ts';
import type { Groups } from './frame/program.ts';
import { keyBackup } from './key/backup.ts';
import { keyCreate } from './key/create.ts';
import { keyDelete } from './key/delete.ts';
import { keyImport } from './key/import.ts';
import { keyList } from './key/list.ts';
import { keyListDeleted } from './key/list-deleted.ts';
import { keyListVersions } from './key/list-versions.ts';
import { keyPurge } from './key/purge.ts';
import { keyRecover } from './key/recover.ts';
import { keyRestore } from './key/restore.ts';
import { keyShow } from './key/show.ts';
import { rolesApply } from './roles/apply.ts';
import { rolesCheck } from './roles/check.ts';
import { rolesPlan } from './roles/plan.ts';
import { status } from './status.ts';

/** What each group is for. */
export const GROUPS: Groups = {
  backup: 'Backups of the HSMs that the settings name',
  key: 'Keys of an HSM, with the flags of az keyvault key and guard rails around what destroys',
  roles: 'Local roles of the two apps on an HSM, which no deployment can make',
};

export const COMMANDS: readonly Command[] = [
  status,
  keyCreate,
  keyImport,
  keyShow,
  keyList,
  keyListVersions,
  keyDelete,
  keyListDeleted,
  keyRecover,
  keyPurge,
  keyBackup,
  keyRestore,
  backupRun,
  backupList,
  backupShow,
  backupVerify,
  backupRebuild,
  backupRestoreAll,
  rolesPlan,
  rolesApply,
  rolesCheck,
];
