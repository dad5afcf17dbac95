/** The soft-deleted keys of the local HSMs, as a person wants to see them: how long each has left, and what is left after that. */
import { BlobDocumentStore } from '../adapters/blob/blob-document-store.ts';
import { createBlobService } from '../adapters/blob/clients.ts';
import { TokenFileCredential } from '../adapters/identity/credential.ts';
import { KeyVaultKeyService } from '../adapters/keyvault/key-vault-key-service.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { eachPage } from '../core/each-page.ts';
import type { ListedDeletedKey } from '../core/model/key.ts';
import { ownValue } from '../core/model/key-name.ts';
import type { KeyService } from '../core/ports.ts';
import { readCatalogue } from '../features/recovery-points/catalogue.ts';
import { CONTAINERS } from '../platform/config/product-settings.ts';
import { storageAccess } from './start-apps.ts';
import type { World } from './world/start-world.ts';

const HOUR_MS = 3_600_000;

/** One line for each soft-deleted key, soonest purge first. Fails with the codes of the ports. */
export async function describeDeletedKeys(world: World): Promise<string[]> {
  const container = createBlobService(storageAccess(world)).getContainerClient(CONTAINERS.state);
  const state = new BlobDocumentStore({ container, clock: systemClock });
  const credential = new TokenFileCredential(world.tokenFile);
  const rows = await Promise.all(
    world.hsms.map(async ({ name, url, now }) => {
      const { caPem } = world;
      const options = { hsm: name, url, credential, clock: systemClock, caPem };
      const keys = new KeyVaultKeyService({ ...options, disableChallengeResourceVerification: true });
      const [deleted, catalogue] = await Promise.all([deletedKeys(keys), readCatalogue(state, name)]);
      return deleted.map((key) => ({
        leftMs: key.scheduledPurgeAt - now(),
        text: `  deleted  ${name}/${key.name}, purged in ${timeLeft(key.scheduledPurgeAt - now())}, ${
          ownValue(catalogue.keys, key.name) === undefined
            ? 'has no backup: recover it before then'
            : 'can be restored from its backup after that'
        }`,
      }));
    }),
  );
  return rows
    .flat()
    .sort((a, b) => a.leftMs - b.leftMs)
    .map(({ text }) => text);
}

async function deletedKeys(keys: KeyService): Promise<ListedDeletedKey[]> {
  const { hsm } = keys;
  const list = { code: 'hsm-answer-unexpected', what: `the deleted keys of HSM ${hsm}`, hsm } as const;
  const found: ListedDeletedKey[] = [];
  for await (const page of eachPage(list, (next) => keys.listDeletedKeys(next))) found.push(...page.items);
  return found;
}

function timeLeft(ms: number): string {
  const hours = Math.floor(Math.max(0, ms) / HOUR_MS);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
