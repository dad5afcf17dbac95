/** Completes pinned keys that the settings name by the URL of a key version: what is behind such a URL never changes. */
import { WardenError } from '../../core/errors.ts';
import type { PinnedKey, PinnedKeys } from '../../core/seal/pinned-keys.ts';
import { CALL_LIMITS_MS, withinLimits } from '../http/call-limits.ts';
import { failureWord } from '../http/fault.ts';
import { inCallContext } from './call-context.ts';
import { createKeyClient, type HsmClientOptions } from './client.ts';
import { parseKeyUrl, readPublicKey } from './sealing-key.ts';

/** A pinned key without its public part. */
type NamedKey = Omit<PinnedKey, 'x' | 'y'> & { readonly url: string };

/** Pinned keys as the settings have them. */
export interface GivenKeys {
  readonly deployment: string;
  readonly keys: readonly (PinnedKey | NamedKey)[];
}

type ClientOptions = Omit<HsmClientOptions, 'url'>;

/**
 * What gives the pinned keys, the same object each time once all could be read; those that are written out need no reading. It
 * fails with `seal-unavailable`, or with the reason of the signal, and tries again when it is asked again.
 */
export function pinnedKeysReader(given: GivenKeys, options: ClientOptions) {
  const written = given.keys.flatMap((key) => ('url' in key ? [] : [key]));
  let known: PinnedKeys | undefined =
    written.length === given.keys.length ? { deployment: given.deployment, keys: written } : undefined;
  return async (signal?: AbortSignal): Promise<PinnedKeys> => {
    if (known !== undefined) return known;
    const keys = await Promise.all(
      given.keys.map((key) => ('url' in key ? read(key, options, signal) : key)),
    );
    known ??= { deployment: given.deployment, keys };
    return known;
  };
}

async function read(
  { url, ...pin }: NamedKey,
  options: ClientOptions,
  given?: AbortSignal,
): Promise<PinnedKey> {
  const { vaultUrl, name, version } = parseKeyUrl(url);
  const client = createKeyClient({ ...options, url: vaultUrl });
  try {
    return await withinLimits(
      { of: 'the sealing key', signal: given, limitMs: CALL_LIMITS_MS.sealCall },
      (signal) =>
        inCallContext({ signal }, async () => ({ ...pin, ...(await readPublicKey(client, name, version)) })),
    );
  } catch (error) {
    if (given?.aborted || error instanceof WardenError) throw error;
    throw new WardenError('seal-unavailable', {
      message: `The public key ${url} that the settings pin cannot be read (${failureWord(error)}).`,
      advice:
        'Check that the vault answers and that the identity may read the key; hsm-warden seal export prints settings that need no reading.',
      reason: failureWord(error),
      cause: error,
    });
  }
}
