/** `hsm-warden backup verify`: reads every stored backup again and compares it with its record. Changes nothing. */
import { z } from 'zod';
import { forEachConcurrently } from '../../core/concurrency.ts';
import type { StoredBackup } from '../../core/ports.ts';
import { DEFAULT_RETRY, withRetries } from '../../core/retry.ts';
import { damageOf } from '../../features/verify/check-backup.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { chosenHsms, HSM_CHOICE, HsmChoice } from '../connect/warden-options.ts';
import { defineCommand } from '../frame/define.ts';
import { startProgress } from '../frame/progress.ts';

/** Downloads at once: enough to keep a line busy, few enough for any account. */
const READS_AT_ONCE = 16;

export const backupVerify = defineCommand({
  path: 'backup verify',
  summary: 'Read every stored backup again and compare it with its record',
  details: [
    'It only reads. Exit code 1 when a backup is damaged; the nightly verification then takes a new one.',
  ],
  format: 'table',
  options: [
    HSM_CHOICE,
    { flags: '--key <name>', description: 'only the backups of this key' },
    ...CONNECTION_OPTIONS,
  ],
  examples: ['hsm-warden backup verify', 'hsm-warden backup verify --hsm contoso --key payments-data'],
  schema: z.object({ ...HsmChoice, ...ConnectionOptions, key: z.string().min(1).optional() }),
  async run(context, given) {
    const connection = await connect(context, given);
    const config = requireConfig(connection);
    const { backups } = openStore(connection, config, context);
    const { clock, signal } = context;
    const damaged: { hsm: string; key: string; blob: string; reason: string }[] = [];
    const progress = startProgress(context, 'Backups read');
    let checked = 0;
    let bytes = 0;
    context.onInterrupt(
      () => `${checked} backups were read, ${damaged.length} of them damaged; nothing was changed.`,
    );
    const check = async (backup: StoredBackup) => {
      const read = () => damageOf(backups, backup, signal);
      const reason = await withRetries(read, clock, DEFAULT_RETRY, signal);
      const { hsm, key } = backup.record;
      if (reason !== undefined) damaged.push({ hsm, key, blob: backup.blob, reason });
      checked += 1;
      bytes += backup.record.bytes;
      progress.update(checked, undefined, `${damaged.length} damaged`);
    };
    try {
      for (const { name } of chosenHsms(config, given.hsm)) {
        await forEachConcurrently(each(backups.list(name, given.key, signal)), READS_AT_ONCE, check);
      }
    } finally {
      progress.close();
    }
    context.stderr.write(`Read ${checked} backups (${bytes} bytes); ${damaged.length} damaged.\n`);
    return {
      data: { checked, bytes, damaged },
      table: {
        columns: ['Hsm', 'Key', 'Blob', 'Damage'],
        rows: damaged.map(({ hsm, key, blob, reason }) => [hsm, key, blob, reason]),
      },
      exit: damaged.length === 0 ? 'done' : 'failed',
    };
  },
});

async function* each<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const page of pages) yield* page;
}
