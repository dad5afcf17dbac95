import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { KeyDetail } from '../../src/core/model/key.ts';
import { DEFAULT_RETRY, withRetries } from '../../src/core/retry.ts';
import { rebuild } from '../../src/features/backup/rebuild.ts';
import { readCatalogue } from '../../src/features/recovery-points/catalogue.ts';
import { LocalWorld } from '../support/local-world.ts';
import { MemoryDocumentStore } from '../support/memory/memory-document-store.ts';
import { RecordingLogger } from '../support/memory/recording-logger.ts';
import { runNightlyIn } from '../support/nightly.ts';

let local: LocalWorld;

beforeAll(async () => {
  local = await LocalWorld.start(24);
  await runNightlyIn(local);
}, 120_000);

afterAll(async () => {
  await local?.close();
});

/** The bytes of a key's newest good backup, found as the product finds them. */
async function newestBackup(hsm: string, key: string) {
  const { keys } = await readCatalogue(local.state, hsm);
  const entry = keys[key];
  if (entry === undefined) throw new Error(`expected a backup of ${key}`);
  return { record: entry.record, bytes: await local.backups.read(entry.blob) };
}

/** Restores as the product does: a request too many in a second is repeated. */
function restore(hsm: string, bytes: Uint8Array) {
  const signal = new AbortController().signal;
  return withRetries(() => local.keys(hsm).restoreKey(bytes), systemClock, DEFAULT_RETRY, signal);
}

/** Versions and public keys of a key, as the HSM shows them now. */
async function facts(hsm: string, key: string) {
  const service = local.keys(hsm);
  const details: KeyDetail[] = [];
  for (const { version } of await service.listVersions(key)) details.push(await service.getKey(key, version));
  return details.map(({ version, thumbprint }) =>
    thumbprint === undefined ? { version } : { version, thumbprint },
  );
}

describe('the backups of the nightly run', () => {
  it('are there for every key of both HSMs, disabled and expired ones too', async () => {
    for (const hsm of ['contoso', 'fabrikam']) {
      const { keys } = await readCatalogue(local.state, hsm);
      expect(Object.keys(keys)).toHaveLength(local.hsm(hsm).state.activeKeys);
    }
    const { keys } = await readCatalogue(local.state, 'contoso');
    expect(Object.keys(keys)).toContain('token-signing-old');
  });

  it('are enough to rebuild the catalogue when all state is lost', async () => {
    const before = await readCatalogue(local.state, 'contoso');
    const state = new MemoryDocumentStore();

    await rebuild({ backups: local.backups, state, logger: new RecordingLogger() }, 'contoso');

    const rebuilt = await readCatalogue(state, 'contoso');
    expect(Object.keys(rebuilt.keys).sort()).toEqual(Object.keys(before.keys).sort());
    for (const [key, { blob, record }] of Object.entries(before.keys))
      expect(rebuilt.keys[key]).toMatchObject({ blob, record });
  });

  it('restore every key into the second HSM, where it never was, with all versions and the same public keys', async () => {
    const { keys } = await readCatalogue(local.state, 'contoso');
    for (const key of Object.keys(keys)) {
      const { record, bytes } = await newestBackup('contoso', key);

      await restore('fabrikam', bytes);

      expect(await facts('fabrikam', key)).toEqual(record.versions);
    }
  });

  it('restore a key on its own HSM after it was deleted and purged, but not while it is soft-deleted or active', async () => {
    const { record, bytes } = await newestBackup('fabrikam', 'mail-dkim');
    const hsm = local.hsm('fabrikam');

    await expect(restore('fabrikam', bytes)).rejects.toMatchObject({ code: 'key-name-conflict' });
    await administer(hsm, 'DELETE', 'keys/mail-dkim');
    await expect(restore('fabrikam', bytes)).rejects.toMatchObject({ code: 'key-name-conflict' });
    await administer(hsm, 'DELETE', 'deletedkeys/mail-dkim');
    await restore('fabrikam', bytes);

    expect(await facts('fabrikam', 'mail-dkim')).toEqual(record.versions);
  });
});

/** What the product never does itself: deletes and purges, as an administrator of the HSM. */
async function administer(
  { url, token }: { url: string; token: string },
  method: string,
  path: string,
): Promise<void> {
  const answer = await requestOnce(`${url}/${path}?api-version=7.4`, method, token);
  expect(answer).toBeLessThan(300);
}

function requestOnce(url: string, method: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-length': '0' };
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, ca: local.world.caPem }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    call.once('error', reject).end();
  });
}
