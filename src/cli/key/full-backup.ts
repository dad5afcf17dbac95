/** The flags of az that restore one key out of a backup of the whole HSM: known here, and refused. */
import { z } from 'zod';
import type { OptionSpec } from '../frame/command.ts';
import { GuardRefusal } from '../frame/failures.ts';

const FLAGS = [
  ['--storage-account-name <name>', 'storageAccountName'],
  ['--blob-container-name <name>', 'blobContainerName'],
  ['-u, --storage-resource-uri <url>', 'storageResourceUri'],
  ['-t, --storage-container-SAS-token <token>', 'storageContainerSASToken'],
  ['--backup-folder <name>', 'backupFolder'],
] as const;

/** Options that are refused. */
export const FULL_BACKUP_OPTIONS: readonly OptionSpec[] = FLAGS.map(([flags]) => ({
  flags,
  description: 'refused: restores out of a backup of the whole HSM are made with az',
}));

/** The values of {@link FULL_BACKUP_OPTIONS}. */
export const FullBackupOptions = {
  storageAccountName: z.string().optional(),
  blobContainerName: z.string().optional(),
  storageResourceUri: z.string().optional(),
  storageContainerSASToken: z.string().optional(),
  backupFolder: z.string().optional(),
};
type Given = z.output<z.ZodObject<typeof FullBackupOptions>> & {
  readonly hsmName?: string | undefined;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
};

/** Fails with GuardRefusal, which names the command of az, when one of the flags was given. */
export function refuseFullBackup(given: Given): void {
  if (FLAGS.every(([, name]) => given[name] === undefined)) return;
  const hsm = given.hsmName === undefined ? `--id ${given.id ?? 'URL'}` : `--hsm-name ${given.hsmName}`;
  const where =
    given.storageResourceUri === undefined
      ? `--storage-account-name ${given.storageAccountName ?? 'ACCOUNT'} --blob-container-name ${given.blobContainerName ?? 'CONTAINER'}`
      : `--storage-resource-uri ${given.storageResourceUri}`;
  throw new GuardRefusal(
    'Nothing was restored: a restore out of a backup of the whole HSM writes over a key that exists, stops other writes while it runs, and cannot be checked against a recovery point.',
    `Where that is meant: az keyvault key restore ${hsm} --name ${given.name ?? 'KEY'} ${where} --storage-container-SAS-token TOKEN --backup-folder ${given.backupFolder ?? 'FOLDER'}`,
  );
}
