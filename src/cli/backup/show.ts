/** `hsm-warden backup show`: one backup, checked; its bytes into a file if asked. */
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseBackupBlobName } from '../../adapters/blob/layout.ts';
import { isWardenError, WardenError } from '../../core/errors.ts';
import { isSameName } from '../../core/model/key-name.ts';
import type { PublicKeys } from '../../core/model/public-key.ts';
import type { BackupStore, StoredBackup } from '../../core/ports.ts';
import { damageOf } from '../../features/verify/check-backup.ts';
import { openStore } from '../connect/compose-cli.ts';
import {
  CONNECTION_OPTIONS,
  ConnectionOptions,
  connect,
  requireConfig,
  sameWorld,
} from '../connect/connection.ts';
import { momentCell } from '../connect/warden-options.ts';
import { defineCommand } from '../frame/define.ts';
import { GuardRefusal, UsageError } from '../frame/failures.ts';
import { describeSeal, judgeOf } from '../seal/describe-seal.ts';
import { backupView } from './list.ts';

export const backupShow = defineCommand({
  path: 'backup show',
  summary: 'Show one backup, read it again, and check it',
  details: [
    'The file written with --file restores with hsm-warden key restore and with az keyvault key restore.',
  ],
  format: 'table',
  arguments: [{ name: '<blob>', description: 'the name of the backup, as backup list shows it' }],
  options: [
    { flags: '-f, --file <path>', description: 'write the backup to this new file as well' },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden backup show contoso/payments-data/20261124T020000123Z-0123456789abcdef0123456789abcdef.keybackup --file payments-data.backup',
  ],
  schema: z.object({ ...ConnectionOptions, blob: z.string(), file: z.string().min(1).optional() }),
  async run(context, given) {
    const connection = await connect(context, given);
    const store = openStore(connection, requireConfig(connection), context);
    const backups = store.backups.all ?? store.backups;
    const found = await findBackup(backups, given.blob, sameWorld(connection), context.signal);
    const damage = await damageOf(backups, found, context.signal);
    if (given.file !== undefined && damage === undefined) {
      await writeNew(given.file, await backups.read(found.blob, context.signal));
    }
    const seal = describeSeal(await judgeOf(store, context.signal), found);
    const { record } = found;
    const keys = await keptKeys(backups, found.blob, context.signal);
    const verdict = damage === undefined ? 'good' : `damaged: ${damage}`;
    return {
      data: { ...backupView(found), verdict, seal, publicKeys: Object.fromEntries(keys ?? []) },
      table: {
        columns: ['Fact', 'Value'],
        wraps: true,
        rows: [
          ['hsm', record.hsm],
          ['key', record.key],
          ['captured', momentCell(record.capturedAt)],
          ['stored', momentCell(found.storedAt)],
          ['sha256', record.sha256],
          ['bytes', { bytes: record.bytes }],
          ['run', record.runId],
          ...record.versions.map(({ version, thumbprint }) => [
            'version',
            `${version} ${thumbprint ?? '(symmetric)'}`,
          ]),
          ['public keys', keys === undefined ? 'cannot be read' : `${keys.size} kept`],
          ['verdict', verdict],
          ['seal', seal],
        ],
      },
      exit: damage === undefined ? 'done' : 'failed',
    };
  },
});

/** Undefined where they cannot be read: the backup itself is not affected. */
async function keptKeys(
  backups: BackupStore,
  blob: string,
  signal: AbortSignal,
): Promise<PublicKeys | undefined> {
  try {
    return await backups.publicKeysOf(blob, signal);
  } catch (error) {
    if (!isWardenError(error, 'backup-damaged')) throw error;
    return undefined;
  }
}

async function findBackup(
  backups: BackupStore,
  blob: string,
  same: string,
  signal: AbortSignal,
): Promise<StoredBackup> {
  const name = parseBackupBlobName(blob);
  if (name === undefined) {
    throw new UsageError(`${blob} is not the name of a backup.`, 'hsm-warden backup list shows the names.');
  }
  for await (const page of backups.list(name.hsm, name.key, signal)) {
    const found = page.find((one) => isSameName(one.blob, blob));
    if (found !== undefined) return found;
  }
  throw new WardenError('blob-missing', {
    message: `There is no backup ${blob}.`,
    advice: `hsm-warden backup list --hsm ${name.hsm} --key ${name.key}${same}`,
  });
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new GuardRefusal(
      `The file ${path} exists already, or cannot be written.`,
      'Name another file.',
      error,
    );
  }
}
