/** A sealing key in a vault: its URL, and its public key. */
import type { KeyClient } from '@azure/keyvault-keys';
import { WardenError } from '../../core/errors.ts';

/** What the URL of a key version says. */
export interface KeyAddress {
  readonly vaultUrl: string;
  readonly name: string;
  readonly version: string;
}

/** The parts of `https://{vault}/keys/{name}/{version}`. Fails with `settings-invalid`. */
export function parseKeyUrl(url: string): KeyAddress {
  const { origin, pathname } = new URL(url);
  const [, name, version] = /^\/keys\/([0-9A-Za-z-]{1,127})\/([0-9a-f]{32})$/.exec(pathname) ?? [];
  if (name !== undefined && version !== undefined) return { vaultUrl: origin, name, version };
  throw new WardenError('settings-invalid', {
    message: `${url} is not the URL of a key version: expected https://{vault}/keys/{name}/{version}.`,
  });
}

/** The coordinates of a P-256 key, base64url. Fails as the SDK does, and with `seal-unavailable` for a key of another kind. */
export async function readPublicKey(
  client: KeyClient,
  name: string,
  version: string,
): Promise<{ readonly x: string; readonly y: string }> {
  const { key } = await client.getKey(name, { version });
  if (!/^EC(-HSM)?$/.test(key?.kty ?? '') || key?.crv !== 'P-256' || !key.x || !key.y) {
    throw new WardenError('seal-unavailable', {
      message: `The sealing key ${name} is of type ${key?.kty ?? 'unknown'} ${key?.crv ?? ''}; expected EC on P-256.`,
      advice: 'Make an EC key on the curve P-256 for sealing, and name it in the settings.',
    });
  }
  return { x: coordinate(key.x), y: coordinate(key.y) };
}

/** 32 bytes, whatever zeros the service left out. */
export function coordinate(bytes: Uint8Array): string {
  const padded = Buffer.alloc(32);
  Buffer.from(bytes).copy(padded, Math.max(0, 32 - bytes.length));
  return padded.toString('base64url');
}
