/**
 * Attacks on the running apps, over Azurite and TLS: by whoever can write two containers at the same time. The world is started once and
 * decisions are sealed in it; the last attack shuts the gate.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobAuditAnchor } from '../../src/adapters/audit/blob-audit-anchor.ts';
import { BlobAuditStore } from '../../src/adapters/audit/blob-audit-store.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { tipAt } from '../../src/features/audit/audit-log.ts';
import { type AuditEvent, chainEntry, entryLine } from '../../src/features/audit/entry.ts';
import { RecoveryView } from '../../src/features/recovery/model/asking.ts';
import { requestDigest } from '../../src/features/recovery/model/digest.ts';
import { RECOVERY_DOCUMENT, type RecoveryRecord } from '../../src/features/recovery/model/record.ts';
import { factsDigest } from '../../src/features/recovery-points/adoptions.ts';
import { eventOf, linesOf } from '../support/attacks/forge-log.ts';
import { FourEyes } from '../support/four-eyes.ts';
import { DAY_MS, person } from '../support/recovery-builders.ts';

let world: FourEyes;
let key: string;
let other: string;
let purged: string;

beforeAll(async () => {
  world = await FourEyes.start(4);
  [key = '', other = ''] = (await world.local.storedBackups('contoso')).map(({ record }) => record.key);
  await world.lose('contoso', key);
  await world.lose('contoso', other);
  // This HSM has no purge protection.
  [purged = ''] = (await world.local.storedBackups('fabrikam')).map(({ record }) => record.key);
  await world.lose('fabrikam', purged, true);
}, 300_000);
afterAll(() => world?.close());

const blobOf = (name: string, container = 'warden-state') =>
  world.local.container(container).getBlockBlobClient(name);
const nameOf = (id: string) => `recoveries/${id}.json`;
const textOf = async (name: string) => (await blobOf(name).downloadToBuffer()).toString();
const write = (name: string, text: string) => blobOf(name).upload(text, Buffer.byteLength(text));
const put = (record: RecoveryRecord) => write(nameOf(record.id), JSON.stringify(record));

async function recordOf(id: string): Promise<RecoveryRecord> {
  return RECOVERY_DOCUMENT.schema.parse(JSON.parse(await textOf(nameOf(id))));
}

/** Lets the apps work on whatever was written. */
async function work(id: string): Promise<void> {
  await world.apps.recovery.invoke('recoveryReconcile');
  for (let n = 0; n < 2; n += 1) {
    await world.apps.recovery.invoke('recoveryWorker', JSON.stringify({ kind: 'recovery', id }));
  }
}

async function expectNothingBack(): Promise<void> {
  const states = await Promise.all([
    world.stateOf('contoso', key),
    world.stateOf('contoso', other),
    world.stateOf('fabrikam', purged),
  ]);
  expect(states).toEqual(['deleted', 'deleted', 'gone']);
}

/** Continues the log with `events`, as they must be chained, and moves what remembers its end. */
async function note(events: readonly AuditEvent[]): Promise<void> {
  const store = new BlobAuditStore({ container: world.local.container('warden-audit'), clock: systemClock });
  const anchor = new BlobAuditAnchor({
    container: world.local.container('warden-state'),
    clock: systemClock,
  });
  const end = await store.end(true);
  if (end === undefined) throw new Error('expected a log');
  let tip = await tipAt(store, end);
  let text = '';
  for (const event of events) {
    const entry = chainEntry(tip, event, end.serviceTime, end.serviceTime);
    tip = { seq: entry.seq, hash: entry.hash };
    text += entryLine(entry);
  }
  await store.append(end.part, text, end.position);
  await anchor.advance(tip);
}

describe('over TLS, whoever can write the containers of the state and of the audit log', () => {
  it('executes nothing: makes up a request with its approvals, in both', async () => {
    const asked = await recordOf((await world.ask({ hsm: 'contoso', key })).id);
    const made = {
      ...asked,
      id: 'z'.repeat(26),
      state: 'approved' as const,
      untold: [],
      audited: asked.facts,
    };
    const digest = requestDigest(made);
    const groups = ['security', 'key-owner'];
    const approvals = ['bob', 'carol'].map((who) => ({
      by: person(who),
      groups,
      digest,
      at: asked.createdAt,
    }));
    const record = { ...made, digest, approvals };
    await note(linesOf(record).map(({ event }) => event));
    await put(record);

    await work(record.id);

    await expectNothingBack();
    expect(await recordOf(record.id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'record-unproven' },
    });
    expect(world.reported(record.id).map(({ data }) => data)).toContainEqual(
      expect.objectContaining({ severity: 'critical' }),
    );
  }, 60_000);

  it.each([
    { name: 'notes it', times: 1 },
    { name: 'notes it twice', times: 2 },
  ])(
    'executes nothing: adds an approval to a real request, and $name',
    async ({ times }) => {
      const asked = await world.ask({ hsm: 'contoso', key });
      expect((await world.approve('bob', asked)).status).toBe(200);
      const record = await recordOf(asked.id);
      const [first] = record.approvals;
      const line = (await world.audited()).findLast(
        ({ event, recoveryId }) => event === 'recovery-approval-given' && recoveryId === asked.id,
      );
      if (first === undefined || line === undefined) throw new Error('expected an approval');
      const forged = { ...eventOf(line), actor: person('carol'), groups: ['security', 'key-owner'] };
      await note(Array.from({ length: times }, () => forged));
      const approval = { ...first, by: person('carol'), groups: forged.groups };
      await put({ ...record, state: 'approved', approvals: [first, approval] });

      await work(asked.id);

      await expectNothingBack();
      expect(await recordOf(asked.id)).toMatchObject({
        state: 'failed',
        outcome: { code: 'record-unproven' },
      });
    },
    60_000,
  );
});

describe('over TLS, whoever can write the containers of the backups and of the state', () => {
  const BACKUPS = 'key-backups';

  async function newestOf(hsm: string, name: string) {
    const found = (await world.local.storedBackups(hsm)).filter(({ record }) => record.key === name).at(-1);
    if (found === undefined) throw new Error(`expected a backup of ${name}`);
    const client = blobOf(found.blob, BACKUPS);
    const { metadata = {} } = await client.getProperties();
    return { ...found, metadata, bytes: await client.downloadToBuffer() };
  }

  /** The bytes of another key under the name of the purged one, newest of all, and with the facts of the real one. */
  async function plant(days: number) {
    const [own, foreign] = [await newestOf('fabrikam', purged), await newestOf('contoso', other)];
    const at = new Date(Date.now() + days * DAY_MS).toISOString().replaceAll(/[-:.]/g, '');
    const blob = own.blob.replace(/\d{8}T\d{9}Z/, at);
    await blobOf(blob, BACKUPS).upload(foreign.bytes, foreign.bytes.length, { metadata: own.metadata });
    return { own, foreign, blob };
  }

  const namesIn = async (prefix: string) => {
    const names: string[] = [];
    for await (const { name } of world.local.container('warden-state').listBlobsFlat({ prefix }))
      names.push(name);
    return names;
  };

  it('has another key chosen by no catalogue that names it', async () => {
    const { own, blob } = await plant(1);
    const names = await namesIn('catalogue');
    for (const name of names) await write(name, (await textOf(name)).replaceAll(own.blob, blob));
    expect(names.length).toBeGreaterThan(0);

    const asked = await world.ask({ hsm: 'fabrikam', key: purged });

    expect(asked.operation.backup).toMatchObject({ blob: own.blob, sha256: own.record.sha256 });
    await expectNothingBack();
  }, 60_000);

  it('has another key chosen by no adoption of one’s own', async () => {
    const { own, blob } = await plant(2);
    const planted = await newestOf('fabrikam', purged);
    const { seal } = own.record;
    const adoption = { blob, recoveryId: 'z'.repeat(26), seal };
    const adopted = Object.fromEntries([own, planted].map(({ record }) => [factsDigest(record), adoption]));
    await write('adoptions/fabrikam.json', JSON.stringify({ format: 1, hsm: 'fabrikam', adopted }));

    const asked = await world.ask({ hsm: 'fabrikam', key: purged });

    expect(seal).toBeDefined();
    expect(asked.operation.backup).toMatchObject({ blob: own.blob, sha256: own.record.sha256 });
    await blobOf('adoptions/fabrikam.json').deleteIfExists();
  }, 60_000);

  it('restores no other bytes than those that were approved: swaps them and the hash in the request', async () => {
    const asked = await world.ask({ hsm: 'fabrikam', key: purged });
    await world.approve('bob', asked);
    const { foreign, blob } = await plant(3);
    const record = await recordOf(asked.id);
    const { backup } = record.operation;
    if (backup === undefined) throw new Error('expected a backup');
    const swapped = { ...backup, blob, sha256: foreign.record.sha256 };
    await put({ ...record, operation: { ...record.operation, backup: swapped } });
    await world.approve('carol', asked);

    await work(asked.id);

    await expectNothingBack();
  }, 60_000);
});

describe('over TLS, state and audit log rolled back together', () => {
  it('have nothing executed a second time, and shut the gate', async () => {
    const parts = world.local.container('warden-audit');
    const asked = await world.ask({ hsm: 'contoso', key: other });
    for (const who of ['bob', 'carol']) await world.approve(who, asked);
    const before = await textOf(nameOf(asked.id));
    const kept = new Map<string, Buffer>();
    for await (const { name, properties } of parts.listBlobsFlat()) {
      if (properties.blobType === 'AppendBlob')
        kept.set(name, await parts.getBlobClient(name).downloadToBuffer());
    }
    const anchors: [string, string][] = [];
    for await (const { name } of world.local.container('warden-state').listBlobsFlat({ prefix: 'audit' }))
      anchors.push([name, await textOf(name)]);
    expect([kept.size > 0, anchors.length > 0]).toEqual([true, true]);
    expect(RecoveryView.parse(await world.ended(asked.id)).state).toBe('succeeded');
    await world.lose('contoso', other);

    for (const [name, bytes] of kept) {
      await parts.getBlobClient(name).delete();
      const client = parts.getAppendBlobClient(name);
      await client.create();
      await client.appendBlock(bytes, bytes.length);
    }
    for (const [name, text] of anchors) await write(name, text);
    await write(nameOf(asked.id), before);
    await work(asked.id);

    expect(await world.stateOf('contoso', other)).toBe('deleted');
    expect(
      await world.send('alice', 'POST', 'recoveries', { hsm: 'contoso', key, reason: 'lost' }),
    ).toMatchObject({
      status: 503,
      body: { code: 'gate-disarmed' },
    });
  }, 60_000);
});
