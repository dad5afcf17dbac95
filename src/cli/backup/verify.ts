/** `hsm-warden backup verify`: reads every stored backup again and compares it with its record. Changes nothing. */
import { z } from 'zod';
import { forEachConcurrently } from '../../core/concurrency.ts';
import { NameMap } from '../../core/model/key-name.ts';
import { olderFirst } from '../../core/model/recovery-order.ts';
import type { StoredBackup } from '../../core/ports.ts';
import { DEFAULT_RETRY, withRetries } from '../../core/retry.ts';
import { damageOf } from '../../features/verify/check-backup.ts';
import { cliLogger, keyServiceOf, openStore } from '../connect/compose-cli.ts';
import {
  CONNECTION_OPTIONS,
  ConnectionOptions,
  connect,
  requireConfig,
  sameWorld,
} from '../connect/connection.ts';
import { chosenHsms, HSM_CHOICE, HsmChoice } from '../connect/warden-options.ts';
import { withAddedHsms } from '../connect/with-added-hsms.ts';
import { defineCommand } from '../frame/define.ts';
import { startProgress } from '../frame/progress.ts';
import { type Damaged, judgeDamage, type KeyDamage } from './damage.ts';
import { verifyAnswer } from './verify-answer.ts';

/** Concurrent downloads: enough to keep a line busy, few enough for any account. */
const READS_AT_ONCE = 16;

export const backupVerify = defineCommand({
  path: 'backup verify',
  summary: 'Read every stored backup again and compare it with its record',
  details: [
    'It only reads. Of each damaged key it says which good backup is left, where the key is, how long a deleted one has left, and what to do; the nightly verification takes a new backup of an active one, too.',
    'Exit code 1 when a backup is damaged, 2 when there was nothing to read of an HSM, or of the key that was named: then nothing is verified.',
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
    const connection = await withAddedHsms(await connect(context, given), context, given);
    const config = requireConfig(connection);
    const { backups } = openStore(connection, config, context);
    const { clock, signal } = context;
    const keys: KeyDamage[] = [];
    const empty: string[] = [];
    const progress = startProgress(context, 'Backups read');
    let checked = 0;
    let bytes = 0;
    let damagedCount = 0;
    context.onInterrupt(
      () => `${checked} backups were read, ${damagedCount} of them damaged; nothing was changed.`,
    );
    try {
      for (const hsm of chosenHsms(config, given.hsm)) {
        const { name } = hsm;
        const damaged: Damaged[] = [];
        const good = new NameMap<StoredBackup>();
        const before = checked;
        const check = async (backup: StoredBackup) => {
          const read = () => damageOf(backups, backup, signal);
          const reason = await withRetries(read, clock, DEFAULT_RETRY, signal);
          const { key } = backup.record;
          if (reason !== undefined) damaged.push({ backup, reason });
          else if (olderFirst(good.get(key) ?? backup, backup) <= 0) good.set(key, backup);
          if (reason !== undefined) damagedCount += 1;
          checked += 1;
          bytes += backup.record.bytes;
          progress.update(checked, undefined, `${damagedCount} damaged`);
        };
        await forEachConcurrently(each(backups.list(name, given.key, signal)), READS_AT_ONCE, check);
        if (checked === before) empty.push(name);
        const service = keyServiceOf(connection, hsm, clock);
        const deps = { keys: service, clock, logger: cliLogger(context), retry: DEFAULT_RETRY };
        keys.push(...(await judgeDamage(deps, damaged, (key) => good.get(key), signal)));
      }
    } finally {
      progress.close();
    }
    const style = { now: clock.now(), same: sameWorld(connection) };
    return verifyAnswer({ checked, bytes, keys, empty, key: given.key }, style);
  },
});

async function* each<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const page of pages) yield* page;
}
