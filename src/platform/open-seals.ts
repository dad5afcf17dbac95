/** Makes what seals and verifies seals. */
import type { TokenCredential } from '@azure/core-auth';
import { KeyVaultSealer } from '../adapters/keyvault/key-vault-sealer.ts';
import { pinnedKeysReader } from '../adapters/keyvault/read-pinned-keys.ts';
import { definedOnly } from '../core/defined-only.ts';
import type { Clock } from '../core/ports.ts';
import type { Seals } from '../core/seal/seals.ts';
import { isLoopback } from '../core/settings/kinds.ts';
import { type DecisionSeals, decisionSeals } from '../features/audit/line-seals.ts';
import type { Config } from './config/config.ts';

/** What seals and verifies; nothing is contacted before the first seal. */
export function sealsOf(
  { seals }: Config,
  credential: TokenCredential,
  caPem: string | undefined,
  clock: Clock,
): Seals | undefined {
  if (seals === undefined) return undefined;
  const client = (url: string) => clientOf(url, credential, caPem);
  const { keyUrl } = seals;
  const named = seals.keys.flatMap((key) => ('url' in key ? [key.url] : []));
  const pinned = pinnedKeysReader(seals, client(named[0] ?? ''));
  if (keyUrl === undefined) return { pinned };
  return { pinned, sealer: new KeyVaultSealer({ ...client(keyUrl), keyUrl, clock, pinned }) };
}

/**
 * What seals the recovery points of drills that must fail, and what they are judged by: one key, in a deployment that no settings name.
 * So its seals count nowhere else, even if somebody pinned that key. Undefined where the settings name none.
 */
export function faultSealsOf(
  { drill, seals }: Pick<Config, 'drill' | 'seals'>,
  credential: TokenCredential,
  caPem: string | undefined,
  clock: Clock,
): (Seals & Required<Pick<Seals, 'sealer'>>) | undefined {
  const { faultKeyUrl: keyUrl } = drill;
  if (keyUrl === undefined) return undefined;
  const client = clientOf(keyUrl, credential, caPem);
  const deployment = `drills that must fail of ${seals?.deployment ?? 'a deployment without seals'}`;
  const pinned = pinnedKeysReader({ deployment, keys: [{ app: 'backup', url: keyUrl }] }, client);
  return { pinned, sealer: new KeyVaultSealer({ ...client, keyUrl, clock, pinned }) };
}

function clientOf(url: string, credential: TokenCredential, caPem: string | undefined) {
  return { credential, ...definedOnly({ caPem }), disableChallengeResourceVerification: isLoopback(url) };
}

/** What seals and judges decisions; undefined where the settings pin no key of the recovery app. */
export function decisionsOf(config: Config, seals: Seals | undefined): DecisionSeals | undefined {
  const areSealed = config.seals?.keys.some(({ app }) => app === 'recovery') === true;
  if (seals === undefined || !areSealed) return undefined;
  const urls = new Map(config.hsms.map(({ name, url }) => [name, url]));
  return decisionSeals(seals, resourcesIn(config), (hsm) => urls.get(hsm));
}

/** By its name in the settings, what seals name an HSM by. */
export function resourcesIn({ hsms }: Config): (hsm: string) => string | undefined {
  const resources = new Map(hsms.map(({ name, resource }) => [name, resource]));
  return (hsm) => resources.get(hsm);
}
