/** Finds the local world that `npm start` runs: its HSMs, storage and tokens, as it wrote them into a file. */

import { readFile } from 'node:fs/promises';
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { z } from 'zod';
import { TokenFileCredential } from '../../adapters/identity/credential.ts';
import { isSameName } from '../../core/model/key-name.ts';
import { isLoopback } from '../../core/settings/kinds.ts';
import type { Environment } from '../../platform/config/config.ts';
import { UsageError } from '../frame/failures.ts';

const LocalUrl = z.string().refine(isLoopback, 'expected a URL on this machine');

/** What `npm start` writes. Paths and URLs only; the tokens stay in files of their own. */
export const WorldFile = z.object({
  hsms: z.array(z.object({ name: z.string(), url: LocalUrl, resource: z.string().optional() })).min(1),
  /** The HSM of the restore drills. */
  drillHsm: z.object({ name: z.string(), url: LocalUrl, resource: z.string() }).optional(),
  caFile: z.string(),
  /** A token of the HSMs' administrator, and one for the storage account. */
  tokenFile: z.string(),
  storageTokenFile: z.string(),
  blobUrl: LocalUrl,
  queueUrl: LocalUrl,
  /** The recovery app, the topic, and the issuer of the local people's tokens, while they run. */
  recoveryUrl: LocalUrl.optional(),
  topicUrl: LocalUrl.optional(),
  issuerUrl: LocalUrl.optional(),
  /** What the settings of the apps say of their sealing keys. */
  seals: z
    .object({ keyUrl: z.object({ backup: LocalUrl, recovery: LocalUrl }), publicKeys: z.string() })
    .optional(),
  /** What they say of the search for HSMs. */
  discovery: z.object({ scopes: z.string(), url: LocalUrl }).optional(),
  /** What they say of the channels to people; the secrets are the app's alone. */
  channels: z.string().optional(),
});
export type WorldFile = z.infer<typeof WorldFile>;

/** Where `npm start` writes it, unless HSM_WARDEN_WORLD says otherwise. */
const USUAL_PLACE = '.warden/world/local.json';

/** Reads the running world. Fails with UsageError when there is none. */
export async function readWorldFile(environment: Environment): Promise<WorldFile> {
  const path = environment.HSM_WARDEN_WORLD ?? USUAL_PLACE;
  try {
    return WorldFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    throw new UsageError(
      `The local world is not running: start it with \`npm start\` in another terminal.`,
      `There is no world file at ${path}; HSM_WARDEN_WORLD names another.`,
    );
  }
}

/** The settings under which the product runs in this world; those of the environment that name no place stay. */
export function worldSettings(world: WorldFile, environment: Environment): Environment {
  return {
    ...environment,
    WARDEN_CREDENTIAL: 'token-file',
    WARDEN_CLIENT_ID: undefined,
    WARDEN_TOKEN_FILE: world.tokenFile,
    WARDEN_HSMS: JSON.stringify(firstOfEachName(world.hsms)),
    // The world's administrator may seal as the backup app does; a decision is the recovery app's alone.
    WARDEN_SEAL_KEY_URL: world.seals?.keyUrl.backup,
    WARDEN_SEAL_PUBLIC_KEYS: world.seals?.publicKeys,
    WARDEN_DRILL_HSMS: world.drillHsm === undefined ? undefined : JSON.stringify([world.drillHsm]),
    WARDEN_DISCOVERY_SCOPES: world.discovery?.scopes,
    WARDEN_DISCOVERY_URL: world.discovery?.url,
    WARDEN_CA_FILE: world.caFile,
    WARDEN_STORAGE_CONNECTION: undefined,
    WARDEN_BACKUP_URL: world.blobUrl,
    WARDEN_STATE_URL: world.blobUrl,
    WARDEN_QUEUE_URL: world.queueUrl,
    WARDEN_TOPIC_URL: world.topicUrl,
    WARDEN_NOTIFY_CHANNELS: world.channels,
    WARDEN_NOTIFY_APPROVERS: undefined,
    WARDEN_NOTIFY_QUEUE_URL: undefined,
    WARDEN_NOTIFY_SECRETS: undefined,
    WARDEN_NOTIFY_SECRETS_FILE: undefined,
  };
}

/** Of several HSMs that have one name, as in a drill, the first is the one of the settings; the others are reached by their URLs. */
function firstOfEachName(hsms: WorldFile['hsms']): WorldFile['hsms'] {
  return hsms.filter(({ name }, place) => hsms.findIndex((one) => isSameName(one.name, name)) === place);
}

/** The administrator of the local HSMs; storage takes a token of its own audience. */
export class WorldCredential implements TokenCredential {
  readonly #hsm: TokenFileCredential;
  readonly #storage: TokenFileCredential;

  constructor(world: WorldFile) {
    this.#hsm = new TokenFileCredential(world.tokenFile);
    this.#storage = new TokenFileCredential(world.storageTokenFile);
  }

  getToken(scopes: string | string[]): Promise<AccessToken> {
    return [scopes].flat().some((scope) => scope.includes('storage'))
      ? this.#storage.getToken()
      : this.#hsm.getToken();
  }
}
