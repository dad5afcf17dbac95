/** What a console is for: a key deleted, one restored, one lost, one deleted whose backups are damaged. */
import { vi } from 'vitest';
import { keyClientOn } from '../../support/emulator-world.ts';
import { type FourEyes, POLL } from '../../support/four-eyes.ts';

/** The keys, and the request that brought one of them back. */
export const DELETED = { hsm: 'contoso', key: 'payments-data' } as const;
export const RESTORED = { hsm: 'fabrikam', key: 'disk-encryption-dr' } as const;
export const LOST = { hsm: 'fabrikam', key: 'mail-dkim' } as const;
export const DAMAGED = { hsm: 'contoso', key: 'storage-cmk-archive' } as const;

/** Makes all of it happen, and lets the watch and the verification see it. Answers the id of the ended request. */
export async function seed(world: FourEyes): Promise<string> {
  await world.lose(DELETED.hsm, DELETED.key);
  // Of an active key another backup is taken as soon as the damage is known.
  for (const { hsm, key } of [DAMAGED, LOST]) await world.lose(hsm, key);
  await world.apps.backup.invoke('deletedKeyWatch');
  await damage(world);
  await removeBackups(world);
  await world.apps.backup.invoke('nightlyVerify');
  await vi.waitFor(() => {
    for (const { key } of [DAMAGED, LOST]) {
      if (!world.reported(key).some(({ type }) => type === 'HsmWarden.BackupDamaged')) {
        throw new Error(`the verification has not reported ${key} yet`);
      }
    }
  }, POLL);
  await keyClientOn(world.hsm(LOST.hsm)).purgeDeletedKey(LOST.key);
  await world.lose(RESTORED.hsm, RESTORED.key, true);
  await world.apps.backup.invoke('deletedKeyWatch');
  const asked = await world.requestOf(RESTORED.key);
  await world.approve('bob', asked);
  await world.approve('carol', asked);
  await world.ended(asked.id);
  await world.apps.backup.invoke('deletedKeyWatch');
  const reason = 'Deleted by mistake while tidying up, ticket 4711. Card payments stand still.';
  await world.ask({ ...DELETED, reason });
  return asked.id;
}

/** The request that waits for approvals of the deleted key. */
export async function waitingFor(world: FourEyes, key: string): Promise<string> {
  return vi.waitFor(async () => {
    const found = (await world.requestsFor(key)).find(({ state }) => state === 'requested');
    if (found === undefined) throw new Error(`no request for ${key} waits`);
    return found.id;
  }, POLL);
}

async function damage({ local }: FourEyes): Promise<void> {
  const stored = await local.storedBackups(DAMAGED.hsm);
  for (const { blob } of stored.filter((backup) => backup.record.key === DAMAGED.key)) {
    const client = local.container('key-backups').getBlockBlobClient(blob);
    const { metadata = {} } = await client.getProperties();
    const bytes = await client.downloadToBuffer();
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    await client.upload(bytes, bytes.byteLength, { metadata });
  }
}

async function removeBackups({ local }: FourEyes): Promise<void> {
  for (const { blob, record } of await local.storedBackups(LOST.hsm)) {
    if (record.key === LOST.key) await local.container('key-backups').deleteBlob(blob);
  }
}
