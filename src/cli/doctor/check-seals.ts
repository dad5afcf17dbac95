/** Checks the seals: that the settings pin keys, that each can be had, and that the key to seal with is one of them. */
import { parseKeyUrl } from '../../adapters/keyvault/sealing-key.ts';
import type { PinnedKeys } from '../../core/seal/pinned-keys.ts';
import type { Seals } from '../../core/seal/seals.ts';
import { attempt, type Finding, ok, warn } from './check.ts';

/** Nothing is signed: who may sign is the app's identity, not the person who asks. */
export async function checkSeals(
  seals: Seals | undefined,
  keyUrl: string | undefined,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (seals === undefined) {
    const fix = 'Set WARDEN_SEAL_KEY_URL and WARDEN_SEAL_PUBLIC_KEYS: docs/deploy.md, Sealing keys.';
    const detail = 'backups are not sealed: whoever can write the storage can make them up';
    return [warn('seals', 'none', detail, fix)];
  }
  const fix = 'Check that the vault answers, or pin the keys with x and y: hsm-warden seal export.';
  return attempt('seals', 'pinned keys', fix, async () => judge(await seals.pinned(signal), keyUrl));
}

function judge({ keys }: PinnedKeys, keyUrl: string | undefined): Finding {
  const detail = `${keys.filter(({ revoked }) => revoked !== true).length} public keys count`;
  if (keyUrl === undefined) {
    const fix = 'Set WARDEN_SEAL_KEY_URL of the app; a person who only verifies needs none.';
    return warn('seals', 'pinned keys', `${detail}, but these settings name no key to seal with`, fix);
  }
  return ok('seals', new URL(parseKeyUrl(keyUrl).vaultUrl).host, detail);
}
