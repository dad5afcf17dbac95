/** Writes down where the running local world is, for the command line's `--emulator`. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SealSettings } from './sealing-vault.ts';

/** What there is to know of a running world. */
export interface WorldFacts {
  readonly hsms: readonly { readonly name: string; readonly url: string; readonly resource?: string }[];
  readonly drillHsm?: { readonly name: string; readonly url: string; readonly resource: string };
  readonly caFile: string;
  readonly blobUrl: string;
  readonly queueUrl: string;
  /** What the settings of the apps say of their sealing keys. */
  readonly seals?: SealSettings;
  /** What is searched for HSMs, and where. */
  readonly discovery?: { readonly scopes: string; readonly url: string };
  /** Bearer tokens: of the HSMs' administrator, and for the storage account. */
  readonly token: string;
  readonly storageToken: string;
  /** The master key of the hosts of all apps. */
  readonly masterKey?: string;
  /** The recovery app, the topic, and the issuer of the local people's tokens. */
  readonly recoveryUrl?: string;
  readonly topicUrl?: string | undefined;
  readonly issuerUrl?: string;
  /** What the settings of the apps say of the channels to people. */
  readonly channels?: string | undefined;
}

/** Writes `local.json` into the world's folder; the tokens go into files that only their owner reads. */
export async function writeWorldFile(folder: string, facts: WorldFacts): Promise<void> {
  const tokenFile = resolve(folder, 'administrator.token');
  const storageTokenFile = resolve(folder, 'storage.token');
  await writeFile(tokenFile, facts.token, { mode: 0o600 });
  await writeFile(storageTokenFile, facts.storageToken, { mode: 0o600 });
  if (facts.masterKey !== undefined) await writeFile(masterKeyFile(folder), facts.masterKey, { mode: 0o600 });
  const { caFile, token: _, storageToken: _storage, masterKey: _key, ...known } = facts;
  const files = { caFile: resolve(caFile), tokenFile, storageTokenFile };
  const text = JSON.stringify({ ...known, ...files });
  await writeFile(join(folder, 'local.json'), text, { mode: 0o600 });
}

/** Where the master key of the hosts of a world's apps is. */
export function masterKeyFile(folder: string): string {
  return resolve(folder, 'host-master.key');
}
