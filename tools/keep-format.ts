/** `node tools/keep-format.ts FOLDER`: keeps what this version writes to storage, so that later versions can be tested against it. */
import { subscribe } from 'node:diagnostics_channel';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { runNightly } from '../src/local/run-nightly.ts';
import { type Apps, startApps } from '../src/local/start-apps.ts';
import { keyClientOn } from '../test/support/emulator-world.ts';
import { KEPT_CONTAINERS, type KeptBlob, writeKept } from '../test/support/kept-storage.ts';
import { LocalWorld } from '../test/support/local-world.ts';

const KEYS = 6;
const HSMS = ['contoso', 'fabrikam'];
const WAIT_MS = 60_000;
const PAUSE_MS = 100;

interface Asked {
  readonly id: string;
  readonly digest: string;
  readonly endedAt?: string;
}

// Log lines of the apps would bury the result.
subscribe('hsm-warden.log', () => undefined);
const folder = process.argv[2];
if (folder === undefined) throw new Error('expected the folder to write to');
const local = await LocalWorld.start(KEYS);
try {
  const apps = await startApps(local.world, {
    folder: dirname(dirname(local.world.caFile)),
    once: true,
    log: () => undefined,
  });
  try {
    await liveThrough(apps);
  } finally {
    await apps.stop();
  }
  const blobs = await readAll();
  await writeFile(join(folder, 'storage.json'), writeKept(blobs));
  process.stdout.write(`${blobs.length} blobs kept in ${folder}\n`);
} finally {
  await local.close();
}

/** What happens in the small world: first run, change, deletion, purge, recoveries that end in each way, second run. */
async function liveThrough(apps: Apps): Promise<void> {
  const contoso = keyClientOn(local.hsm('contoso'));
  const fabrikam = keyClientOn(local.hsm('fabrikam'));
  await runNightly(apps.backup, HSMS, () => undefined, WAIT_MS);
  await invoke(apps, 'deletedKeyWatch');

  await contoso.createKey('disk-encryption-test', 'RSA-HSM', { keySize: 2048 });
  await contoso.createKey('payroll-data', 'oct-HSM', { keySize: 256 });
  await contoso.createKey('mixed-Case-Signing', 'EC-HSM', { curve: 'P-256' });
  await waitFor('the backups of new keys', async () => {
    await apps.backup.tick();
    const stored = await local.storedBackups('contoso');
    return ['payroll-data', 'mixed-Case-Signing'].every((name) =>
      stored.some(({ record }) => record.key === name && record.runId.endsWith('change')),
    );
  });

  // What was backed up a moment ago is backed up after a change by the next run.
  await runNightly(apps.backup, HSMS, () => undefined, WAIT_MS);

  await contoso.beginDeleteKey('disk-encryption-test');
  await contoso.beginDeleteKey('payroll-data');
  await fabrikam.beginDeleteKey('cosmos-cmk-sessions');
  await invoke(apps, 'deletedKeyWatch');
  await fabrikam.purgeDeletedKey('cosmos-cmk-sessions');
  await invoke(apps, 'deletedKeyWatch');

  const recovered = await ask(apps, {
    hsm: 'contoso',
    key: 'disk-encryption-test',
    reason: 'deleted by mistake',
  });
  await approve(apps, recovered);
  const restored = await ask(apps, {
    hsm: 'fabrikam',
    key: 'cosmos-cmk-sessions',
    reason: 'purged by mistake',
  });
  await approve(apps, restored);
  const rejected = await ask(apps, { hsm: 'contoso', key: 'payroll-data', reason: 'not sure' });
  await send(apps, 'bob', 'POST', `recoveries/${rejected.id}/rejection`, { reason: 'it was meant' });
  const open = await ask(apps, { hsm: 'contoso', key: 'payroll-data', reason: 'sure now' });
  await send(apps, 'bob', 'POST', `recoveries/${open.id}/approvals`, { digest: open.digest });

  await runNightly(apps.backup, HSMS, () => undefined, WAIT_MS);
  await invoke(apps, 'deletedKeyWatch');
  await invoke(apps, 'nightlyVerify');
  await waitFor('the verification of both HSMs', async () => {
    await apps.backup.tick();
    const found = await Promise.all(HSMS.map((hsm) => local.state.read({ kind: 'verify', hsm })));
    return found.every((document) => document?.text.includes('"endedAt"') ?? false);
  });
  await invoke(apps, 'recoveryReconcile', apps.recovery);
}

async function invoke(apps: Apps, name: string, app = apps.backup): Promise<void> {
  const outcome = await app.invoke(name);
  if (outcome.status === 'failed') throw outcome.error;
  const ended = Date.now() + 2_000;
  while (Date.now() < ended) {
    await app.tick();
    await pause(PAUSE_MS);
  }
}

async function ask(apps: Apps, body: object): Promise<Asked> {
  return send(apps, 'alice', 'POST', 'recoveries', body);
}

async function approve(apps: Apps, { id, digest }: Asked): Promise<void> {
  for (const person of ['bob', 'carol'])
    await send(apps, person, 'POST', `recoveries/${id}/approvals`, { digest });
  await waitFor(`the end of recovery ${id}`, async () => {
    await apps.recovery.tick();
    return (await send(apps, 'dave', 'GET', `recoveries/${id}`)).endedAt !== undefined;
  });
}

async function send(apps: Apps, person: string, method: string, path: string, body?: object): Promise<Asked> {
  const answer = await fetch(`${apps.recovery.url}/api/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await local.world.issuer.token(person)}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

async function waitFor(what: string, isDone: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + WAIT_MS;
  while (!(await isDone())) {
    if (Date.now() > until) throw new Error(`waited in vain for ${what}`);
    await pause(PAUSE_MS);
  }
}

async function readAll(): Promise<KeptBlob[]> {
  const kept: KeptBlob[] = [];
  for (const container of KEPT_CONTAINERS) {
    const client = local.container(container);
    for await (const { name, metadata = {}, properties } of client.listBlobsFlat({ includeMetadata: true })) {
      const { readableStreamBody } = await client.getBlobClient(name).download();
      const bytes = readableStreamBody === undefined ? Buffer.alloc(0) : await buffer(readableStreamBody);
      const { blobType, contentType = '', createdOn } = properties;
      kept.push({
        container,
        name,
        type: blobType ?? 'BlockBlob',
        contentType,
        createdOn: createdOn?.toISOString() ?? '',
        metadata,
        text: bytes.toString('utf8'),
      });
    }
  }
  return kept;
}
