/** `hsm-warden backup list`: the newest good backup of each key, or all backups of one. */
import { z } from 'zod';
import type { StoredBackup } from '../../core/ports.ts';
import { readCatalogue } from '../../features/recovery-points/catalogue.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { chosenHsms, HSM_CHOICE, HsmChoice, momentCell, when } from '../connect/warden-options.ts';
import { withAddedHsms } from '../connect/with-added-hsms.ts';
import type { Answer } from '../frame/command.ts';
import { defineCommand } from '../frame/define.ts';
import { describeSeal, judgeOf } from '../seal/describe-seal.ts';

export const backupList = defineCommand({
  path: 'backup list',
  summary: 'List the newest good backup of each key, or all backups of one',
  details: [
    'Without --key it reads the catalogue; with --key, or with --all, the backups themselves, which are there even when the catalogue is lost. Where the settings pin sealing keys, a backup without a good seal is shown, and is no recovery point.',
  ],
  format: 'table',
  options: [
    HSM_CHOICE,
    { flags: '--key <name>', description: 'all backups of this key, oldest first' },
    { flags: '--all', description: 'all backups of all keys' },
    ...CONNECTION_OPTIONS,
  ],
  examples: ['hsm-warden backup list', 'hsm-warden backup list --hsm contoso --key payments-data -o json'],
  schema: z.object({
    ...HsmChoice,
    ...ConnectionOptions,
    key: z.string().min(1).optional(),
    all: z.boolean().default(false),
  }),
  async run(context, given) {
    const connection = await withAddedHsms(await connect(context, given), context, given);
    const config = requireConfig(connection);
    const store = openStore(connection, config, context);
    const { backups, state } = store;
    const judge = await judgeOf(store, context.signal);
    const found: StoredBackup[] = [];
    for (const { name } of chosenHsms(config, given.hsm)) {
      if (given.all || given.key !== undefined) {
        const every = (backups.all ?? backups).list(name, given.key, context.signal);
        for await (const page of every) found.push(...page);
      } else {
        found.push(...Object.values((await readCatalogue(state, name, context.signal)).keys));
      }
    }
    return listAnswer(found, (one) => describeSeal(judge, one));
  },
});

/** The answer. `sealOf`: what is to be said of the seal of a backup. */
export function listAnswer(found: readonly StoredBackup[], sealOf: (one: StoredBackup) => string): Answer {
  return {
    data: found.map((one) => ({ ...backupView(one), seal: sealOf(one) })),
    table: {
      columns: ['Hsm', 'Key', 'CapturedAt', 'Versions', 'Bytes', 'Seal', 'Blob'],
      rows: found.map((one) => [
        one.record.hsm,
        one.record.key,
        momentCell(one.record.capturedAt),
        one.record.versions.length,
        { bytes: one.record.bytes },
        sealOf(one),
        one.blob,
      ]),
    },
  };
}

/** A backup as the command line shows it: the record with times people can read. */
export function backupView({ blob, storedAt, record }: StoredBackup) {
  const { hsm, key, sha256, bytes, runId, versions } = record;
  return {
    hsm,
    key,
    blob,
    capturedAt: when(record.capturedAt),
    storedAt: when(storedAt),
    keyUpdatedAt: when(record.updatedAt),
    sha256,
    bytes,
    runId,
    versions,
  };
}
