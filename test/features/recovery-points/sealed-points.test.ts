/** Where seals are configured: what is sealed, what happens while nothing can be, and what counts as a recovery point. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { backUpSingleKey } from '../../../src/features/backup/single-key.ts';
import { FreshBackup } from '../../../src/features/recovery-points/fresh-backup.ts';
import { PAUSE_MS } from '../../../src/features/recovery-points/point-seals.ts';
import { failureOf } from '../../support/errors.ts';
import { MemorySealer } from '../../support/memory/memory-sealer.ts';
import { SealedWorld } from '../../support/sealed-world.ts';
import { HOUR_MS } from '../../support/sweep-world.ts';

const OUTAGE = new WardenError('seal-unavailable', { message: 'The vault is away.' });

/** Nothing can be sealed, from now on. */
function breakKey(world: SealedWorld): void {
  world.sealer.faults.fail('seal', OUTAGE, { times: Number.POSITIVE_INFINITY });
}

/** The vault is back: a fault that nobody meets any more. */
function mendKey(world: SealedWorld): void {
  world.sealer.faults.clear();
}

describe('a sweep with a sealing key', () => {
  it('seals each backup, and the catalogue knows it', async () => {
    const world = await SealedWorld.swept('alpha', 'beta');

    expect((await world.run()).state).toBe('succeeded');
    for (const key of ['alpha', 'beta']) {
      expect(await world.recoveryPoints(key)).toHaveLength(1);
      expect((await world.entry(key))?.record.seal?.keyId).toMatch(/^[\w-]{43}$/);
    }
  });

  it('asks for one signature a backup, and for one at the end', async () => {
    const world = await SealedWorld.swept('alpha', 'beta');

    expect(world.sealer.asked.map(({ purpose }) => purpose)).toEqual([
      'recovery-point',
      'recovery-point',
      'run',
    ]);
  });

  it.each([
    { of: 'other bytes', change: { sha256: '0'.repeat(64) } },
    { of: 'another key', change: { key: 'beta' } },
    { of: 'another HSM', change: { hsm: 'fabrikam' } },
  ])('seals no record of $of beside what the HSM gave out', async ({ change }) => {
    const world = await SealedWorld.swept('alpha');
    const [own] = await world.stored('alpha');
    if (own === undefined) throw new Error('expected a backup');
    const { seal: _, ...facts } = own.record;
    const fresh = await FreshBackup.take(world.deps.keys, 'alpha');
    const record = { ...facts, sha256: fresh.sha256 };
    const asked = world.sealer.asked.length;

    expect((await world.points.seal(fresh, record)).seal).toBeDefined();
    await expect(world.points.seal(fresh, { ...record, ...change })).rejects.toThrow(
      'expected the record of the very backup that is to be sealed',
    );
    expect(world.sealer.asked).toHaveLength(asked + 1);
  });

  it('seals no bytes but those that the HSM gave out, also after a crash among planted backups', async () => {
    const world = await SealedWorld.swept('alpha');
    const [own] = await world.stored('alpha');
    if (own === undefined) throw new Error('expected a backup');
    // Somebody plants blobs that claim to be of the run that a crash left open.
    const { seal: _, ...facts } = own.record;
    await world.plant(Buffer.from('bytes of another key'), { ...facts, capturedAt: facts.capturedAt + 1 });
    await world.plant(Buffer.from('more of them'), { ...own.record, capturedAt: facts.capturedAt + 2 });
    world.state.documents.delete('catalogue/contoso');
    const run = world.state.documents.get('run/contoso/20261124T020000Z-nightly');
    const running = run?.text
      .replace('"succeeded"', '"running"')
      .replace(/,"endedAt":\d+/, '')
      .split('\n')[0];
    world.state.documents.set('run/contoso/20261124T020000Z-nightly', {
      text: `${running}\n`,
      etag: run?.etag ?? '',
    });

    await world.sweep({}, { ...world.message, part: 1 });

    const sealed = world.sealer.asked
      .filter(({ purpose }) => purpose === 'recovery-point')
      .map(({ facts: { facts: one } }) => JSON.parse(JSON.stringify(one)).sha256);
    expect(sealed.filter((sha256) => !world.given.has(sha256))).toEqual([]);
    expect((await world.entry('alpha'))?.record.sha256).toBe(own.record.sha256);
  });
});

describe('while the sealing key is out of reach', () => {
  it('backups are taken and stored all the same, and the run says that they are not sealed', async () => {
    const world = SealedWorld.of('alpha', 'beta');
    await world.clock.advance(HOUR_MS);
    breakKey(world);

    await world.sweep();

    const run = await world.run();
    expect([run.state, run.counts.failed]).toEqual(['partial', 2]);
    expect(run.keys.alpha?.error).toEqual({
      code: 'seal-unavailable',
      message: expect.stringMatching(
        /^The backup .+ of key alpha on HSM contoso is stored, but not sealed: The vault is away\.$/,
      ),
    });
    expect((await world.stored('alpha')).length).toBeGreaterThan(0);
    expect(await world.recoveryPoints('alpha')).toEqual([]);
    expect(await world.entry('alpha')).toBeUndefined();
  });

  it('an older recovery point stays the newest one', async () => {
    const world = await SealedWorld.swept('alpha');
    const [sealed] = await world.recoveryPoints('alpha');
    world.hsm.createKey('alpha');
    await world.clock.advance(HOUR_MS);
    breakKey(world);

    await world.sweep({}, world.nextNight());

    expect((await world.entry('alpha'))?.blob).toBe(sealed?.blob);
    expect((await world.stored('alpha')).length).toBeGreaterThan(1);
  });

  it('nobody waits for it again within a minute', async () => {
    const world = SealedWorld.of('alpha', 'beta', 'gamma');
    await world.clock.advance(HOUR_MS);
    let asked = 0;
    world.sealer.faults.plant({
      operation: 'seal',
      times: Number.POSITIVE_INFINITY,
      act: () => {
        asked += 1;
        throw OUTAGE;
      },
    });

    await world.sweep();
    expect(asked).toBe(1);

    await world.clock.advance(PAUSE_MS);
    await world.sweep({}, world.nextNight());
    expect(asked).toBe(2);
  });

  it('the key is backed up again, and sealed, when the sealing key is back', async () => {
    const world = SealedWorld.of('alpha');
    await world.clock.advance(HOUR_MS);
    breakKey(world);
    await world.sweep();
    mendKey(world);
    await world.clock.advance(PAUSE_MS);
    const unsealed = (await world.stored('alpha')).length;

    await world.sweep({}, world.nextNight());

    expect((await world.run(world.nextNight().runId)).state).toBe('succeeded');
    expect(await world.recoveryPoints('alpha')).toHaveLength(1);
    expect(await world.stored('alpha')).toHaveLength(unsealed + 1);
  });

  it('the message about a single key fails, so that the queue brings it again', async () => {
    const world = SealedWorld.of('alpha');
    await world.clock.advance(HOUR_MS);
    breakKey(world);
    const message = { kind: 'key-backup', hsm: 'contoso', key: 'alpha', reason: 'requested' } as const;
    const back = () => backUpSingleKey(world.deps, world.policy(), message, new AbortController().signal);

    expect((await failureOf(back())).code).toBe('seal-unavailable');

    mendKey(world);
    await world.clock.advance(PAUSE_MS);
    expect(await back()).toBe('backed-up');
    expect(await world.recoveryPoints('alpha')).toHaveLength(1);
  });
});

describe('a backup without a good seal', () => {
  it('of a living key is taken again by the next run', async () => {
    const world = await SealedWorld.swept('alpha');
    // As before seals were configured.
    const other = new MemorySealer(world.clock);
    world.sealer.usePins({ ...world.sealer.pinned, keys: [other.pin] });
    expect(await world.recoveryPoints('alpha')).toEqual([]);
    world.sealer.usePins({
      ...world.sealer.pinned,
      keys: [{ ...world.sealer.pin, from: '2026-11-24T12:00:00Z' }],
    });
    await world.clock.advance(24 * HOUR_MS);

    await world.sweep({}, world.nextNight());

    expect((await world.run(world.nextNight().runId)).keys.alpha).toMatchObject({
      outcome: 'backed-up',
      reason: 'new',
    });
    expect(await world.recoveryPoints('alpha')).toHaveLength(1);
  });

  it('is not fetched, and the failure says why', async () => {
    const world = await SealedWorld.swept('alpha');
    const [own] = await world.stored('alpha');
    if (own === undefined) throw new Error('expected a backup');
    const planted = await world.plant(Buffer.from('other bytes'), {
      ...own.record,
      capturedAt: own.record.capturedAt + 1,
    });

    const error = await failureOf(world.proven.fetch({ blob: planted.blob }));

    expect([error.code, error.message]).toEqual([
      'backup-unsealed',
      `The blob ${planted.blob} is no recovery point of key alpha on HSM contoso: its seal does not count, for it was not made for these facts.`,
    ]);
  });

  it('is counted in the log by whoever lists', async () => {
    const world = await SealedWorld.swept('alpha');
    const [own] = await world.stored('alpha');
    if (own === undefined) throw new Error('expected a backup');
    const { seal: _, ...facts } = own.record;
    const planted = await world.plant(Buffer.from('other bytes'), {
      ...facts,
      capturedAt: facts.capturedAt + 1,
    });

    await world.recoveryPoints('alpha');

    expect(world.logger.lines.at(-1)).toMatchObject({
      message: 'blobs without a good seal are no recovery points',
      fields: { hsm: 'contoso', count: 1, named: [{ blob: planted.blob, why: 'it has none' }] },
    });
  });

  it('is not believed by a rebuild, which says how many there are', async () => {
    const world = await SealedWorld.swept('alpha');
    const [own] = await world.stored('alpha');
    if (own === undefined) throw new Error('expected a backup');
    await world.clock.advance(HOUR_MS);
    await world.plant(Buffer.from('other bytes'), { ...own.record, capturedAt: world.clock.now() });

    const result = await world.rebuild();

    expect(result).toMatchObject({ keys: 1, backups: 1, unproven: 1 });
    expect((await world.entry('alpha'))?.blob).toBe(own.blob);
  });

  it('that stands in the catalogue does not count, whatever time it claims, and gives way', async () => {
    const world = await SealedWorld.swept('alpha');
    const text = world.state.documents.get('catalogue/contoso')?.text ?? '';
    const forged = text
      .replace(/"capturedAt":\d+/, '"capturedAt":9999999999999')
      .replace(/"storedAt":\d+/, '"storedAt":9999999999999');
    world.state.documents.set('catalogue/contoso', { text: forged, etag: 'forged' });
    expect(await world.entry('alpha')).toBeUndefined();
    await world.clock.advance(24 * HOUR_MS);

    await world.sweep({}, world.nextNight());

    expect((await world.entry('alpha'))?.record.capturedAt).toBeLessThan(world.clock.now() + 1);
  });

  it('of an HSM that the settings do not name does not count', async () => {
    const world = await SealedWorld.swept('alpha');
    const [own] = await world.stored('alpha');
    if (own === undefined) throw new Error('expected a backup');
    const judge = await world.points.judge();

    expect(judge({ ...own.record, hsm: 'northwind' })).toEqual({
      good: false,
      why: 'the settings name no HSM northwind',
    });
  });

  it('that says it is of another HSM of the settings does not count, for it was sealed for its own', async () => {
    const world = await SealedWorld.swept('alpha');
    const [own] = await world.stored('alpha');
    if (own === undefined) throw new Error('expected a backup');
    const judge = await world.points.judge();

    expect(judge({ ...own.record, hsm: 'fabrikam' })).toMatchObject({ good: false, forged: true });
  });
});
