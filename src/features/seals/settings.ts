/** The settings of the seals: the key that this app seals with, and the public keys by which seals are believed. */
import { z } from 'zod';
import { PinnedKey } from '../../core/seal/pinned-keys.ts';
import { isPublicKey } from '../../core/seal/verify-seal.ts';
import { isLoopback, jsonOf } from '../../core/settings/kinds.ts';
import { type SettingProblem, setting, type Values } from '../../core/settings/setting.ts';
import { urlSetting } from '../../core/settings/urls.ts';

/** A version of a key in a vault: its public key can never change. */
export const KeyUrl = urlSetting('any', /^https$/).refine(
  (url) => /^https:\/\/[^/]+\/keys\/[0-9A-Za-z-]{1,127}\/[0-9a-f]{32}$/.test(url),
  'expected https://{vault}/keys/{name}/{version}',
);

const WrittenKey = PinnedKey.refine(isPublicKey, 'expected x and y to be a point of P-256');
/** A key that is named by its URL alone: its public key is read from the vault at the start. */
const NamedKey = PinnedKey.omit({ x: true, y: true }).extend({ url: KeyUrl });
type NamedKey = z.infer<typeof NamedKey>;

const Pins = z.strictObject({
  deployment: z.string().min(1).max(300),
  keys: z
    .array(z.union([WrittenKey, NamedKey]))
    .min(1)
    .max(50),
});

/** By the name of their environment variable. */
export const SEAL_SETTINGS = {
  WARDEN_SEAL_KEY_URL: setting(KeyUrl, {
    description:
      'The key that this app seals with: an EC key on P-256, of which the app’s identity may read the public part and use the private one to sign, and nothing else.',
    expected: '`https://{vault}/keys/{name}/{version}`',
    otherwise: 'none: nothing is sealed',
  }),
  WARDEN_SEAL_PUBLIC_KEYS: setting(jsonOf(Pins), {
    description:
      'The public keys whose seals are believed, of all apps and of former keys, and what seals name the deployment by. `hsm-warden seal export` prints it.',
    expected:
      'JSON like `{"deployment":"…","keys":[{"app":"backup","x":"…","y":"…"}]}`; a key may have `from`, `until`, `fromPosition`, `untilPosition` and `revoked`, and `url` in place of `x` and `y`',
    otherwise: 'none: no seal is verified, and what is called safe is called not sealed, too',
  }),
} as const;

/** The configuration of the seals. */
export interface SealConfig {
  readonly deployment: string;
  readonly keys: readonly (PinnedKey | NamedKey)[];
  /** Absent where this process may verify only. */
  readonly keyUrl?: string;
}

/** Rules over the settings of the seals. */
export function sealProblems(values: Values<typeof SEAL_SETTINGS>): SettingProblem[] {
  const { WARDEN_SEAL_KEY_URL: keyUrl, WARDEN_SEAL_PUBLIC_KEYS: pins } = values;
  if (keyUrl === undefined || pins !== undefined) return [];
  const expected =
    'the public keys, for WARDEN_SEAL_KEY_URL is set: a seal that nobody can verify proves nothing';
  return [{ setting: 'WARDEN_SEAL_PUBLIC_KEYS', found: 'nothing', expected }];
}

/** The configuration; undefined where nothing is sealed. The settings are without problems. */
export function sealConfig(values: Values<typeof SEAL_SETTINGS>): SealConfig | undefined {
  const { WARDEN_SEAL_KEY_URL: keyUrl, WARDEN_SEAL_PUBLIC_KEYS: pins } = values;
  if (pins === undefined) return undefined;
  return { ...pins, ...(keyUrl !== undefined && { keyUrl }) };
}

/** URLs of sealing keys that a certificate authority or a token of an emulator must not meet. */
export function sealingHostsElsewhere(values: Values<typeof SEAL_SETTINGS>): readonly string[] {
  const { WARDEN_SEAL_KEY_URL: keyUrl, WARDEN_SEAL_PUBLIC_KEYS: pins } = values;
  const named = (pins?.keys ?? []).flatMap((key) => ('url' in key ? [key.url] : []));
  return [...(keyUrl === undefined ? [] : [keyUrl]), ...named].filter((url) => !isLoopback(url));
}
