/** A backup of before sealing, of a purged key, is adopted by an approved decision, and by nothing else. */
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../../src/core/sha256.ts';
import type { AskBody } from '../../../../src/features/recovery/model/asking.ts';
import { Recoveries } from '../../../../src/features/recovery/request/recoveries.ts';
import { AdoptedBackups, factsDigest } from '../../../../src/features/recovery-points/adoptions.ts';
import { BelievingDocuments } from '../../../../src/features/recovery-points/believing-documents.ts';
import { PointSeals } from '../../../../src/features/recovery-points/point-seals.ts';
import { ProvenBackups } from '../../../../src/features/recovery-points/proven-backups.ts';
import { failureOf } from '../../../support/errors.ts';
import { MemorySealer } from '../../../support/memory/memory-sealer.ts';
import { person } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

let world: RecoveryWorld;
/** The only backup of `orders`: it was taken before anything was sealed. */
let blob: string;

beforeEach(async () => {
  world = await RecoveryWorld.withPurgedKey();
  blob = (await world.all('orders'))[0].blob;
  world.sealDecisions();
});

/** One process of the app, or of a person's command line: what it remembers is new. */
function aProcess() {
  const { sealer, clock, store, backups, logger } = world;
  if (sealer === undefined) throw new Error('expected a sealing key');
  const points = new PointSeals({
    seals: { pinned: async () => sealer.pinned },
    resourceOf: (hsm) => `https://${hsm}.test`,
    clock,
    adopted: new AdoptedBackups({ store, clock, hsmNames: ['contoso', 'contoso-dr'] }),
  });
  const proven = new ProvenBackups(backups, points, logger);
  const deps = { ...world.deps(), points, backups: proven, store: new BelievingDocuments(store, points) };
  return { deps, proven, points };
}

const ADOPT = { hsm: 'contoso', key: 'orders', action: 'adopt', reason: 'from before sealing' } as const;
const ask = async (change: Partial<AskBody> = {}) =>
  (await new Recoveries(aProcess().deps).open(person('alice'), { ...ADOPT, backup: blob, ...change })).record;
async function approve({ id, digest }: { id: string; digest: string }, people = ['bob', 'carol']) {
  for (const who of people) {
    const command = { type: 'approve', by: person(who), groups: [], digest } as const;
    await new Recoveries(aProcess().deps).command(id, command);
  }
}
const deliver = (id: string) => world.deliver(id, aProcess().deps);
const points = async () => {
  const found: string[] = [];
  for await (const page of aProcess().proven.list('contoso', 'orders'))
    found.push(...page.map((one) => one.blob));
  return found;
};

describe('a backup without a seal', () => {
  it('of a purged key counts once people approved exactly that, and the key can be restored from it', async () => {
    expect(await points()).toEqual([]);
    expect((await failureOf(ask({ action: 'restore' }))).code).toBe('backup-unknown');

    const record = await ask();
    expect(record.operation).toMatchObject({
      action: 'adopt',
      backup: { blob, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), versionId: expect.any(String) },
    });
    expect(record.preflight.join(' ')).toContain('has no seal that counts');
    expect(await deliver(record.id)).toBe('nothing-to-do');
    await approve(record);
    expect(await points()).toEqual([]);
    await deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({ state: 'succeeded', outcome: { step: 'done' } });
    expect(await points()).toEqual([blob]);
    expect(world.hsm.active.has('orders')).toBe(false);

    await world.clock.advance(60_000);
    const restore = await ask({ action: 'restore' });
    await approve(restore);
    await deliver(restore.id);
    expect(world.stored(restore.id)).toMatchObject({ state: 'succeeded', outcome: { verified: 2 } });
    expect(world.hsm.active.has('orders')).toBe(true);
  });

  it.each([
    ['of an active key', 'key-active', () => void world.hsm.createKey('orders')],
    [
      'of a deleted key',
      'key-deleted',
      () => {
        world.hsm.createKey('orders');
        world.hsm.deleteKey('orders');
      },
    ],
    ['that is damaged', 'backup-damaged', () => world.backups.damage(blob, Buffer.from('other bytes'))],
  ])('%s is not adopted: %s', async (_what, code, change) => {
    change();

    expect((await failureOf(ask())).code).toBe(code);
  });

  it.each([
    ['without its name', { backup: undefined }],
    ['for another HSM', { target: 'contoso-dr' }],
  ])('is not adopted %s', async (_how, change) => {
    const { backup, ...rest } = { ...ADOPT, backup: blob, ...change };
    const body = backup === undefined ? rest : { ...rest, backup };
    const opening = new Recoveries(aProcess().deps).open(person('alice'), body);

    expect((await failureOf(opening)).code).toBe('nothing-to-adopt');
  });

  it('is not adopted twice, nor where nothing is sealed', async () => {
    const record = await ask();
    await approve(record);
    await deliver(record.id);
    await world.clock.advance(60_000);
    expect((await failureOf(ask())).code).toBe('nothing-to-adopt');

    world.sealer = undefined;
    const { deps } = { deps: world.deps() };
    const opening = new Recoveries(deps).open(person('alice'), { ...ADOPT, backup: blob });
    expect((await failureOf(opening)).code).toBe('nothing-to-adopt');
  });

  it('is not adopted when its facts were changed since it was approved', async () => {
    world = new RecoveryWorld({ versioning: false });
    world.hsm.createKey('orders');
    await world.backUp();
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    blob = (await world.all('orders'))[0].blob;
    world.sealDecisions();
    const record = await ask();
    await approve(record);
    const { bytes, stored } = await world.backups.fetch({ blob });
    world.backups.overwrite(blob, bytes, { runId: `${stored.record.runId}x` });

    await deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({ state: 'failed', outcome: { code: 'backup-damaged' } });
    expect(await points()).toEqual([]);
  });

  it('is not adopted by facts that were changed in the stored request', async () => {
    const record = await ask();
    await approve(record);
    world.change(record.id, (stored) => {
      const { backup } = stored.operation;
      if (backup === undefined) throw new Error('expected a backup');
      const operation = { ...stored.operation, backup: { ...backup, facts: 'f'.repeat(64) } };
      return { ...stored, operation };
    });
    await deliver(record.id);

    expect(world.stored(record.id).outcome?.code).not.toBe('backup-damaged');
    expect(await points()).toEqual([]);
  });

  it('counts at once in the process that adopted it', async () => {
    const { deps, proven } = aProcess();
    const listed = async () => {
      const pages = [];
      for await (const page of proven.list('contoso', 'orders')) pages.push(...page);
      return pages.length;
    };
    const record = await ask();
    await approve(record);
    expect(await listed()).toBe(0);
    await world.deliver(record.id, deps);

    expect(await listed()).toBe(1);
  });

  it('is not said to be adopted while it still does not count', async () => {
    const { deps, points: seals } = aProcess();
    const { decisions } = deps;
    if (decisions === undefined) throw new Error('expected sealed decisions');
    const record = await ask();
    await approve(record);
    const seal = () => decisions.seal({ kind: 'probe', content: null });
    await world.deliver(record.id, { ...deps, points: seals, decisions: { ...decisions, seal } });

    expect(world.stored(record.id)).toMatchObject({ state: 'failed', outcome: { code: 'backup-unsealed' } });
    expect(world.stored(record.id).outcome?.message).toContain('was not adopted');
    expect(await points()).toEqual([]);
  });

  it('is adopted once, however often the worker dies', async () => {
    const record = await ask();
    await approve(record);
    world.store.faults.fail('write', new Error('killed'), { subject: 'adoptions/contoso' });
    await expect(deliver(record.id)).rejects.toThrow('killed');
    await world.clock.advance(600_000);
    await deliver(record.id);

    expect(world.stored(record.id).state).toBe('succeeded');
    expect(await points()).toEqual([blob]);
  });
});

describe('a backup whose seal does not count any more', () => {
  it.each([
    { name: 'its key is not pinned', isPinned: false, why: 'is not pinned' },
    { name: 'its key is revoked', isPinned: true, why: 'its key is revoked' },
  ])('counts once it is adopted: $name', async ({ isPinned, why }) => {
    const former = new MemorySealer(world.clock, 'backup');
    const { bytes, stored } = await world.backups.fetch({ blob });
    const { hsm, ...facts } = stored.record;
    const seal = await former.seal('recovery-point', { hsm: `https://${hsm}.test`, facts });
    world.backups.overwrite(blob, bytes, { seal });
    const { sealer } = world;
    if (sealer === undefined) throw new Error('expected a sealing key');
    const revoked = isPinned ? [{ ...former.pin, revoked: true as const }] : [];
    sealer.usePins({ deployment: 'test', keys: [sealer.pin, ...revoked] });
    expect(await points()).toEqual([]);

    const record = await ask();
    expect(record.preflight.join(' ')).toContain(`has no seal that counts, for`);
    expect(record.preflight.join(' ')).toContain(why);
    await approve(record);
    await deliver(record.id);
    expect(world.stored(record.id).state).toBe('succeeded');
    expect(await points()).toEqual([blob]);

    await world.clock.advance(60_000);
    const restore = await ask({ action: 'restore' });
    expect(restore.preflight.join(' ')).toContain(
      'Its own seal does not count; it was adopted by a decision sealed at',
    );
    expect(restore.preflight.join(' ')).not.toContain('the seal is good');
    await approve(restore);
    await deliver(restore.id);
    expect(world.stored(restore.id)).toMatchObject({ state: 'succeeded', outcome: { verified: 2 } });
  });
});

describe('whoever can write state and backups', () => {
  it('adopts nothing: an entry without a seal that was made for it does not count', async () => {
    const record = await ask();
    await approve(record);
    await deliver(record.id);
    const text = world.store.documents.get('adoptions/contoso')?.text ?? '';
    const other = Buffer.from('bytes of another key');
    const { stored } = await world.backups.fetch({ blob });
    const planted = await world.backups.put(
      {
        ...stored.record,
        sha256: sha256Hex(other),
        bytes: other.length,
        capturedAt: stored.record.capturedAt + 1,
      },
      other,
    );
    const list = JSON.parse(text);
    const [real] = Object.values(list.adopted);
    list.adopted[factsDigest(planted.record)] = real;
    world.store.documents.set('adoptions/contoso', { text: JSON.stringify(list), etag: '"planted"' });

    expect(await points()).toEqual([blob]);
    world.store.documents.set('adoptions/contoso', { text: 'junk', etag: '"junk"' });
    expect(await points()).toEqual([]);
  });
});
