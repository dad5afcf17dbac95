/** The table of all commands, in the order in which help and documentation show them. */

import { ack } from './ack.ts';
import { auditShow } from './audit/show.ts';
import { auditVerify } from './audit/verify.ts';
import { backupDescribe } from './backup/describe.ts';
import { backupList } from './backup/list.ts';
import { backupRebuild } from './backup/rebuild.ts';
import { backupRestoreAll } from './backup/restore-all.ts';
import { backupRun } from './backup/run.ts';
import { backupRuns } from './backup/runs.ts';
import { backupShow } from './backup/show.ts';
import { backupVerify } from './backup/verify.ts';
import { completionOf } from './completion/completion.ts';
import { deployCheck } from './deploy/check.ts';
import { doctor } from './doctor.ts';
import { drillEnroll } from './drill/enroll.ts';
import { drillList, drillShow } from './drill/list.ts';
import { drillRun } from './drill/run.ts';
import { emulator } from './emulator.ts';
import type { Command } from './frame/command.ts';
import type { Groups } from './frame/program.ts';
import { HELP } from './help.ts';
import { hsmAdd, hsmExclude } from './hsm/decide.ts';
import { hsmList, hsmShow } from './hsm/list.ts';
import { init } from './init.ts';
import { keyBackup } from './key/backup.ts';
import { keyCreate } from './key/create.ts';
import { keyDelete } from './key/delete.ts';
import { keyDownload } from './key/download.ts';
import { keyDecrypt, keyEncrypt } from './key/encrypt.ts';
import { keyGetAttestation } from './key/get-attestation.ts';
import { keyGetPolicyTemplate } from './key/get-policy-template.ts';
import { keyImport } from './key/import.ts';
import { keyList } from './key/list.ts';
import { keyListDeleted } from './key/list-deleted.ts';
import { keyListVersions } from './key/list-versions.ts';
import { keyPurge } from './key/purge.ts';
import { keyRandom } from './key/random.ts';
import { keyRecover } from './key/recover.ts';
import { keyRestore } from './key/restore.ts';
import { keyRotate } from './key/rotate.ts';
import { keyRotationPolicyShow, keyRotationPolicyUpdate } from './key/rotation-policy.ts';
import { keySetAttributes } from './key/set-attributes.ts';
import { keyShow } from './key/show.ts';
import { keyShowDeleted } from './key/show-deleted.ts';
import { keySign, keyVerify } from './key/sign.ts';
import { login } from './login.ts';
import { notifyList } from './notify/list.ts';
import { notifyTest } from './notify/test.ts';
import { open } from './open.ts';
import { queueList } from './queue/list.ts';
import { queueRetry } from './queue/retry.ts';
import { recoveryApprove } from './recovery/approve.ts';
import { recoveryCancel } from './recovery/cancel.ts';
import { recoveryList } from './recovery/list.ts';
import { recoveryRearm } from './recovery/rearm.ts';
import { recoveryReject } from './recovery/reject.ts';
import { recoveryRequest } from './recovery/request.ts';
import { recoveryShow } from './recovery/show.ts';
import { roleAssignmentCreate, roleAssignmentDelete, roleAssignmentList } from './role/assignment.ts';
import {
  roleDefinitionCreate,
  roleDefinitionDelete,
  roleDefinitionList,
  roleDefinitionShow,
  roleDefinitionUpdate,
} from './role/definition.ts';
import { rolesApply } from './roles/apply.ts';
import { rolesCheck } from './roles/check.ts';
import { rolesPlan } from './roles/plan.ts';
import { sealAdopt } from './seal/adopt.ts';
import { sealExport } from './seal/export.ts';
import { sealRotate } from './seal/rotate.ts';
import { sealShow } from './seal/show.ts';
import { status } from './status/status.ts';
import { use } from './use.ts';
import { watch } from './watch.ts';
import { whoami } from './whoami.ts';

/** What each group is for. */
export const GROUPS: Groups = {
  audit: 'The audit log of recoveries, read past the app',
  recovery: 'Requests to bring a key back, through the recovery app, which proves who calls',
  backup: 'Backups of the HSMs that the settings name',
  key: 'Keys of an HSM, with the flags of az keyvault key and guard rails around what destroys',
  'key rotation-policy': 'When the HSM rotates a key on its own',
  seal: 'The keys by which recovery points and decisions are believed',
  drill: 'Proofs that recovery points restore, made in an HSM used for nothing else',
  hsm: 'The HSMs of the fleet: those that are protected, and those that nobody protects yet',
  notify: 'Messages to people: what was sent, what waits, and a test',
  queue: 'Messages to the app that failed for good',
  deploy: 'What a deployment to Azure needs',
  role: 'Local roles of an HSM and who has them, with the flags of az keyvault role',
  'role definition': 'Which local roles an HSM has',
  'role assignment': 'Who has which local role of an HSM',
  roles: 'Local roles of the two apps on an HSM, which no deployment can make',
};

export const COMMANDS: readonly Command[] = [
  init,
  use,
  login,
  whoami,
  status,
  doctor,
  watch,
  ack,
  open,
  keyCreate,
  keyImport,
  keyShow,
  keyList,
  keyListVersions,
  keySetAttributes,
  keyRotate,
  keyRotationPolicyShow,
  keyRotationPolicyUpdate,
  keyDelete,
  keyListDeleted,
  keyShowDeleted,
  keyRecover,
  keyPurge,
  keyBackup,
  keyRestore,
  keyDownload,
  keyEncrypt,
  keyDecrypt,
  keySign,
  keyVerify,
  keyRandom,
  keyGetAttestation,
  keyGetPolicyTemplate,
  backupRun,
  backupRuns,
  backupDescribe,
  backupList,
  backupShow,
  backupVerify,
  backupRebuild,
  backupRestoreAll,
  recoveryRequest,
  recoveryList,
  recoveryShow,
  recoveryApprove,
  recoveryReject,
  recoveryCancel,
  recoveryRearm,
  drillRun,
  drillList,
  drillShow,
  drillEnroll,
  hsmList,
  hsmShow,
  hsmExclude,
  hsmAdd,
  notifyList,
  notifyTest,
  queueList,
  queueRetry,
  auditVerify,
  auditShow,
  sealShow,
  sealExport,
  sealRotate,
  sealAdopt,
  deployCheck,
  roleDefinitionList,
  roleDefinitionShow,
  roleDefinitionCreate,
  roleDefinitionUpdate,
  roleDefinitionDelete,
  roleAssignmentList,
  roleAssignmentCreate,
  roleAssignmentDelete,
  rolesPlan,
  rolesApply,
  rolesCheck,
  emulator,
  completionOf(() => COMMANDS),
  HELP,
];
