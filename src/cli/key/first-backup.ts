/** A key that was just made gets its first backup at once, where the warden's store is configured. */
import type { WireKey } from '../../adapters/keyvault/wire-key.ts';
import { backUpNow, protectionOf } from '../backup/good-backup.ts';
import type { KeyAddress } from '../connect/address.ts';
import { type Connection, sameWorld } from '../connect/connection.ts';
import type { Answer } from '../frame/command.ts';
import type { CliContext } from '../frame/context.ts';
import { explain } from '../frame/failures.ts';
import { azKey } from './az-output.ts';
import { keyTable } from './key-tables.ts';

/** Answers with the new key; the key is there even when its backup fails, which the exit code then says. */
export async function answerWithBackup(
  key: WireKey,
  connection: Connection,
  address: KeyAddress,
  context: CliContext,
): Promise<Answer> {
  const answer = { data: azKey(key), table: keyTable(key) };
  const protection = protectionOf(connection, address, context);
  if (protection === undefined) {
    context.stderr.write(`Note: no backup was taken; the settings do not name HSM ${address.hsm}.\n`);
    return answer;
  }
  try {
    await backUpNow(connection, protection, address, context);
    context.stderr.write(`Backed up key ${address.key} of HSM ${address.hsm}.\n`);
    return answer;
  } catch (error) {
    const { code, message } = explain(error);
    context.stderr.write(
      `Warning (${code}): the key ${address.key} was made, but has no backup: ${message}\n`,
    );
    context.stderr.write(
      `Try again: hsm-warden backup run --hsm ${address.hsm} --key ${address.key}${sameWorld(connection)}\n`,
    );
    return { ...answer, exit: 'failed' };
  }
}
