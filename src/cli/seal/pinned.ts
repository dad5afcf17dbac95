/** The pinned keys of the settings, for the commands about seals. */
import { keyIdOf, type PinnedKey, type PinnedKeys } from '../../core/seal/pinned-keys.ts';
import { openStore } from '../connect/compose-cli.ts';
import { type Connection, requireConfig } from '../connect/connection.ts';
import type { CliContext } from '../frame/context.ts';
import { UsageError } from '../frame/failures.ts';

/** Every pinned key written out. Fails with UsageError where there are none, and with `seal-unavailable`. */
export async function pinnedKeys(connection: Connection, context: CliContext): Promise<PinnedKeys> {
  const { seals } = openStore(connection, requireConfig(connection), context);
  if (seals !== undefined) return seals.pinned(context.signal);
  throw new UsageError(
    'The settings pin no sealing key: nothing is sealed.',
    'WARDEN_SEAL_PUBLIC_KEYS names the keys; docs/security-model.md says what they are for.',
  );
}

/** A pinned key with the id that seals name it by. */
export function pinnedView(key: PinnedKey) {
  return { keyId: keyIdOf(key), ...key };
}

/** For which seals a key counts, in words. */
export function boundsOf({ from, until, fromPosition, untilPosition, revoked }: PinnedKey): string {
  if (revoked === true) return 'revoked';
  const bounds = [
    from === undefined ? undefined : `from ${from}`,
    until === undefined ? undefined : `until ${until}`,
    fromPosition === undefined ? undefined : `from position ${fromPosition}`,
    untilPosition === undefined ? undefined : `until position ${untilPosition}`,
  ].filter((one) => one !== undefined);
  return bounds.length === 0 ? 'always' : bounds.join(', ');
}
