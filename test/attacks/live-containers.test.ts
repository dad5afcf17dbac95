/**
 * Attacks on the running apps, over Azurite and TLS: by whoever can write one container or queue, and nothing else. The world
 * is started once; each attack has a request of its own.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { requestDigest } from '../../src/features/recovery/model/digest.ts';
import { RECOVERY_DOCUMENT, type RecoveryRecord } from '../../src/features/recovery/model/record.ts';
import { FourEyes } from '../support/four-eyes.ts';
import { DAY_MS, person } from '../support/recovery-builders.ts';

const SUCCEEDED = 'HsmWarden.RecoverySucceeded';
const Index = z.looseObject({ ended: z.record(z.string(), z.looseObject({})) });

let world: FourEyes;
let key: string;
let other: string;
let purged: string;
/** A request that was executed; the key was deleted again since. */
let spent: string;

beforeAll(async () => {
  world = await FourEyes.start(4);
  [key = '', other = ''] = (await world.local.storedBackups('contoso')).map(({ record }) => record.key);
  await world.lose('contoso', key);
  const asked = await world.ask({ hsm: 'contoso', key });
  for (const who of ['bob', 'carol']) await world.approve(who, asked);
  spent = (await world.ended(asked.id)).id;
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

async function textOf(name: string): Promise<string> {
  return (await blobOf(name).downloadToBuffer()).toString();
}

async function write(name: string, text: string): Promise<void> {
  await blobOf(name).upload(text, Buffer.byteLength(text));
}

async function recordOf(id: string): Promise<RecoveryRecord> {
  return RECOVERY_DOCUMENT.schema.parse(JSON.parse(await textOf(nameOf(id))));
}

/** A request of alice's that bob has approved: one approval, of a key owner, is missing. */
async function fresh(): Promise<RecoveryRecord> {
  const asked = await world.ask({ hsm: 'contoso', key });
  expect((await world.approve('bob', asked)).status).toBe(200);
  return recordOf(asked.id);
}

/** As the stored record stands after `change`, with a digest that fits it, in the approvals, too. */
function forged(record: RecoveryRecord, change: Partial<RecoveryRecord>): RecoveryRecord {
  const altered = { ...record, ...change };
  const digest = requestDigest(altered);
  return { ...altered, digest, approvals: altered.approvals.map((approval) => ({ ...approval, digest })) };
}

function approvalBy(record: RecoveryRecord, id: string): RecoveryRecord['approvals'][number] {
  return {
    by: person(id),
    groups: ['security', 'key-owner'],
    digest: record.digest,
    at: record.createdAt + 1,
  };
}

const put = (record: RecoveryRecord, id = record.id) => write(nameOf(id), JSON.stringify(record));

/** Lets the apps work on whatever was written: the timer, and the message of each request, twice. */
async function work(...ids: readonly string[]): Promise<void> {
  await world.apps.recovery.invoke('recoveryReconcile');
  for (const id of [...ids, ...ids]) {
    await world.apps.recovery.invoke('recoveryWorker', JSON.stringify({ kind: 'recovery', id }));
  }
}

/** No lost key is back, and the world heard of no other success than the one of before. */
async function expectNothingDone(): Promise<void> {
  const states = await Promise.all([
    world.stateOf('contoso', key),
    world.stateOf('contoso', other),
    world.stateOf('fabrikam', purged),
  ]);
  expect(states).toEqual(['deleted', 'deleted', 'gone']);
  const reported = world.reported('').filter(({ type }) => type === SUCCEEDED);
  expect(reported.map(({ data }) => JSON.stringify(data).includes(spent))).toEqual([true]);
}

type Attack = (record: RecoveryRecord, old: RecoveryRecord) => RecoveryRecord;
const approved = (record: RecoveryRecord, change: Partial<RecoveryRecord> = {}) =>
  forged(record, { state: 'approved', ...change });
const withOperation = (record: RecoveryRecord, change: Partial<RecoveryRecord['operation']>) =>
  approved(record, {
    operation: { ...record.operation, ...change },
    approvals: [...record.approvals, approvalBy(record, 'carol')],
  });

const ON_STATE: readonly { readonly name: string; readonly attack: Attack }[] = [
  { name: 'sets it approved', attack: (record) => ({ ...record, state: 'approved' }) },
  {
    name: 'invents both approvals',
    attack: (record) =>
      approved(record, { approvals: [approvalBy(record, 'mallory'), approvalBy(record, 'trudy')] }),
  },
  {
    name: 'appends an invented approval',
    attack: (record) => approved(record, { approvals: [...record.approvals, approvalBy(record, 'trudy')] }),
  },
  {
    name: 'appends the approval of a real person who gave none',
    attack: (record) => approved(record, { approvals: [...record.approvals, approvalBy(record, 'carol')] }),
  },
  {
    name: 'appends the approval of the requester',
    attack: (record) =>
      approved(record, {
        approvals: [...record.approvals, { ...approvalBy(record, 'x'), by: record.requester }],
      }),
  },
  {
    name: 'duplicates an approval',
    attack: (record) => approved(record, { approvals: [...record.approvals, ...record.approvals] }),
  },
  {
    name: 'duplicates an approval in another letter case',
    attack: (record) =>
      approved(record, {
        approvals: record.approvals.flatMap((one) => [
          one,
          { ...one, groups: ['key-owner'], by: { ...one.by, id: one.by.id.toUpperCase() } },
        ]),
      }),
  },
  {
    name: 'widens the groups of an approval',
    attack: (record) =>
      approved(record, {
        approvals: record.approvals.map((one) => ({ ...one, groups: ['security', 'key-owner'] })),
      }),
  },
  {
    name: 'lowers the rule to one approval',
    attack: (record) => approved(record, { rule: { approvals: 1, groups: [] } }),
  },
  {
    name: 'lowers the rule and keeps the digest',
    attack: (record) => ({ ...record, state: 'approved', rule: { approvals: 1, groups: [] } }),
  },
  { name: 'puts another key into it', attack: (record) => withOperation(record, { key: other }) },
  {
    name: 'puts the key in another letter case into it',
    attack: (record) => withOperation(record, { key: key.toUpperCase() }),
  },
  { name: 'puts another HSM into it', attack: (record) => withOperation(record, { target: 'fabrikam' }) },
  { name: 'makes a restore of it', attack: (record) => withOperation(record, { action: 'restore' }) },
  {
    name: 'moves its time a year ahead',
    attack: (record) =>
      approved(record, {
        createdAt: record.createdAt + 365 * DAY_MS,
        expiresAt: record.expiresAt + 365 * DAY_MS,
      }),
  },
  {
    name: 'says that it is executing, with a claim that has lapsed',
    attack: (record) => ({ ...record, state: 'executing', claim: { worker: 'mallory', until: 1 } }),
  },
  {
    name: 'says that everything is noted already',
    attack: (record) => ({
      ...approved(record, { approvals: [approvalBy(record, 'mallory'), approvalBy(record, 'trudy')] }),
      facts: 9,
      audited: 9,
      untold: [],
    }),
  },
  {
    name: 'puts an approval to be published into it',
    attack: (record) => ({
      ...approved(record, { approvals: [...record.approvals, approvalBy(record, 'carol')] }),
      facts: record.facts + 1,
      untold: [{ n: record.facts + 1, kind: 'approval-given', at: record.createdAt, by: person('carol') }],
    }),
  },
  {
    name: 'puts a success to be published into it',
    attack: (record) => ({
      ...record,
      state: 'succeeded',
      outcome: { result: 'succeeded', step: 'done', message: 'fine', verified: 9, warnings: [] },
      facts: record.facts + 1,
      untold: [{ n: record.facts + 1, kind: 'succeeded', at: record.createdAt, by: person('mallory') }],
    }),
  },
  {
    name: 'puts the approvals of an executed request into it',
    attack: (record, old) => approved(record, { approvals: old.approvals }),
  },
  {
    name: 'puts an executed request in its place',
    attack: (record, old) => ({ ...old, id: record.id, state: 'approved' }),
  },
];

describe('over TLS, whoever can write the container of the state', () => {
  it.each(ON_STATE)(
    'executes nothing: $name',
    async ({ attack }) => {
      const record = await fresh();
      await put(attack(record, await recordOf(spent)));

      await work(record.id);

      await expectNothingDone();
      const { status, body } = await world.send('dave', 'GET', `recoveries/${record.id}`);
      expect([status, JSON.stringify(body).includes('"state":"succeeded"')]).toEqual([
        expect.any(Number),
        false,
      ]);
    },
    60_000,
  );

  it.each(['approved', 'executing', 'requested'] as const)(
    'executes nothing a second time: sets an executed request back to %s',
    async (state) => {
      const old = await textOf(nameOf(spent));
      const { outcome: _outcome, endedAt: _endedAt, ...record } = await recordOf(spent);
      await put({
        ...record,
        state,
        ...(state === 'executing' && { claim: { worker: 'mallory', until: 1 } }),
      });

      await work(spent);

      await expectNothingDone();
      await write(nameOf(spent), old);
    },
    60_000,
  );

  it.each([
    {
      name: 'plants a copy under another id',
      id: 'p'.repeat(26),
      change: (old: RecoveryRecord) => ({ ...old, id: 'p'.repeat(26), state: 'approved' as const }),
    },
    {
      name: 'plants a copy under a name that is not its id',
      id: 'q'.repeat(26),
      change: (old: RecoveryRecord) => ({ ...old, state: 'approved' as const }),
    },
  ])(
    'executes nothing: $name',
    async ({ id, change }) => {
      await put(change(await recordOf(spent)), id);

      await work(id);

      await expectNothingDone();
      await blobOf(nameOf(id)).deleteIfExists();
    },
    60_000,
  );

  it.each(['junk', '', '{}', 'null'])(
    'executes nothing, and hides no other request: writes %j over one',
    async (text) => {
      const [damaged, waiting] = [await fresh(), await fresh()];
      await write(nameOf(damaged.id), text);

      await work(damaged.id);

      await expectNothingDone();
      expect((await world.requestsFor(key)).map(({ id }) => id)).toContain(waiting.id);
      await blobOf(nameOf(damaged.id)).deleteIfExists();
    },
    60_000,
  );

  it('executes nothing: deletes a request and puts it back approved', async () => {
    const record = await fresh();
    await blobOf(nameOf(record.id)).delete();
    await work(record.id);
    await put(approved(record, { approvals: [...record.approvals, approvalBy(record, 'carol')] }));

    await work(record.id);

    await expectNothingDone();
  }, 60_000);

  it('hides no request that waits: writes into the index that it has ended', async () => {
    const record = await fresh();
    await work();
    const index = Index.parse(JSON.parse(await textOf('recovery-index.json')));
    const { etag = '' } = await blobOf(nameOf(record.id)).getProperties();
    const entry = { ...index.ended[spent], state: 'rejected', key: 'none', etag };
    await write(
      'recovery-index.json',
      JSON.stringify({ ...index, ended: { ...index.ended, [record.id]: entry } }),
    );

    expect((await world.requestsFor(key)).map(({ id }) => id)).toContain(record.id);
    await expectNothingDone();
  }, 60_000);
});

describe('over TLS, whoever can write the queue', () => {
  it.each([
    { name: 'of a request that waits', message: (id: string) => ({ kind: 'recovery', id }) },
    { name: 'of an executed request', message: () => ({ kind: 'recovery', id: spent }) },
    { name: 'of no request', message: () => ({ kind: 'recovery', id: 'z'.repeat(26) }) },
    { name: 'of a path', message: () => ({ kind: 'recovery', id: '../catalogue/contoso' }) },
    {
      name: 'with more than a message holds',
      message: (id: string) => ({ kind: 'recovery', id, state: 'approved', approvals: 2 }),
    },
    { name: 'of another kind', message: (id: string) => ({ kind: 'key-backup', id }) },
  ])(
    'executes nothing: a message $name, five times',
    async ({ message }) => {
      const { id } = await fresh();
      for (let n = 0; n < 5; n += 1) {
        await world.apps.recovery.invoke('recoveryWorker', JSON.stringify(message(id)));
      }

      await expectNothingDone();
    },
    60_000,
  );
});

describe('over TLS, whoever can write the container of the backups', () => {
  const container = 'key-backups';

  /** The newest backup of a key as it is stored. */
  async function newestOf(hsm: string, name: string) {
    const found = (await world.local.storedBackups(hsm)).filter(({ record }) => record.key === name).at(-1);
    if (found === undefined) throw new Error(`expected a backup of ${name}`);
    const client = blobOf(found.blob, container);
    const { metadata = {} } = await client.getProperties();
    return { ...found, metadata, bytes: await client.downloadToBuffer() };
  }

  const later = (blob: string, ms = DAY_MS) => {
    const at = new Date(Date.now() + ms).toISOString().replaceAll(/[-:.]/g, '');
    return blob.replace(/\d{8}T\d{9}Z/, at);
  };

  it.each([
    { name: 'the bytes of another key, with the facts of this one', blobOf: later, isForeign: true },
    { name: 'junk, with the facts of this one', blobOf: later, isForeign: false },
    {
      name: 'the same facts a year ahead',
      blobOf: (blob: string) => later(blob, 365 * DAY_MS),
      isForeign: undefined,
    },
    {
      name: 'the same facts in another letter case',
      blobOf: (blob: string) => blob.replace(purged, purged.toUpperCase()),
      isForeign: undefined,
    },
  ])(
    'becomes no recovery point, and is not chosen: $name',
    async ({ blobOf: placeOf, isForeign }) => {
      const [own, foreign] = [await newestOf('fabrikam', purged), await newestOf('contoso', other)];
      const bytes = isForeign === undefined ? own.bytes : isForeign ? foreign.bytes : Buffer.from('junk');
      const planted = blobOf(placeOf(own.blob), container);
      await planted.upload(bytes, bytes.length, { metadata: own.metadata });

      const asked = await world.ask({ hsm: 'fabrikam', key: purged });

      expect(asked.operation.backup).toMatchObject({ blob: own.blob, sha256: own.record.sha256 });
      await expectNothingDone();
    },
    60_000,
  );
});

it('over TLS, what real people approved is executed by the same work, so that what came to nothing before was refused', async () => {
  const asked = await world.ask({ hsm: 'contoso', key: other });
  for (const who of ['bob', 'carol']) await world.approve(who, asked);

  await work(asked.id);

  expect((await world.ended(asked.id)).state).toBe('succeeded');
  expect(await world.stateOf('contoso', other)).toMatch(/^active /);
}, 60_000);
