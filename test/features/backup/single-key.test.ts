import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { EVERY_KEY } from '../../../src/core/model/selection.ts';
import { readMessage } from '../../../src/core/queue.ts';
import { DEFAULT_RETRY } from '../../../src/core/retry.ts';
import { KEY_BACKUPS, type KeyBackupMessage } from '../../../src/features/backup/queues.ts';
import { backUpSingleKey, SETTLE_MS } from '../../../src/features/backup/single-key.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { SweepWorld } from '../../support/sweep-world.ts';

const MESSAGE: KeyBackupMessage = { kind: 'key-backup', hsm: 'contoso', key: 'orders', reason: 'changed' };

async function aWorld(): Promise<SweepWorld> {
  const world = await SweepWorld.withKeys(0);
  world.hsm.createKey('orders');
  await world.clock.advance(10_000);
  return world;
}

function run(world: SweepWorld, message = MESSAGE) {
  const policy = { selection: EVERY_KEY, retry: DEFAULT_RETRY };
  return backUpSingleKey(world.deps, policy, message, new AbortController().signal);
}

describe('the backup of a changed key', () => {
  it('is made at once and is in the catalogue', async () => {
    const world = await aWorld();

    expect(await run(world)).toBe('backed-up');
    expect((await readCatalogue(world.state, 'contoso')).keys.orders?.record.versions).toHaveLength(1);
  });

  it('is not made again when nothing changed since', async () => {
    const world = await aWorld();
    await run(world);
    await world.clock.advance(SETTLE_MS);

    expect(await run(world)).toBe('covered');
    expect(world.backupsPerKey().get('orders')).toBe(1);
  });

  it.each([
    ['just before', SETTLE_MS - 1, 'postponed'],
    ['at', SETTLE_MS, 'backed-up'],
    ['after', SETTLE_MS + 1, 'backed-up'],
  ])('of a key that changes again %s five minutes later', async (_name, ms, result) => {
    const world = await aWorld();
    await run(world);
    await world.clock.advance(ms);
    world.hsm.createKey('orders');

    expect(await run(world)).toBe(result);
  });

  it('gives its message back rather than wait longer than five minutes for the HSM', async () => {
    const world = await aWorld();
    const error = new WardenError('hsm-throttled', { message: 'planted', retryAfterMs: 3_600_000 });
    world.hsm.faults.fail('backupKey', error);
    const startedAt = world.clock.now();

    await expect(run(world)).rejects.toMatchObject({ code: 'hsm-throttled' });

    expect(world.clock.now() - startedAt).toBeLessThanOrEqual(SETTLE_MS);
  });

  it('is postponed, not forgotten: the message comes again when five minutes have passed', async () => {
    const world = await aWorld();
    await run(world);
    await world.clock.advance(10_000);
    world.hsm.createKey('orders');
    await run(world);
    expect(world.queue.take(KEY_BACKUPS)).toBeUndefined();
    await world.clock.advance(SETTLE_MS);
    const again = readMessage(KEY_BACKUPS, world.queue.take(KEY_BACKUPS));

    expect(await run(world, again)).toBe('backed-up');
    expect((await readCatalogue(world.state, 'contoso')).keys.orders?.record.versions).toHaveLength(2);
  });

  it('is made in any case when it is requested', async () => {
    const world = await aWorld();
    await run(world);
    await world.clock.advance(1_000);

    expect(await run(world, { ...MESSAGE, reason: 'requested' })).toBe('backed-up');
  });

  it('finds nothing to do when the key is gone', async () => {
    const world = await aWorld();
    world.hsm.deleteKey('orders');

    expect(await run(world)).toBe('gone');
  });

  it('leaves alone what the settings leave out', async () => {
    const world = await aWorld();
    const selection = { ...EVERY_KEY, exclude: ['ord*'] };
    const policy = { selection, retry: DEFAULT_RETRY };

    expect(await backUpSingleKey(world.deps, policy, MESSAGE, new AbortController().signal)).toBe('skipped');
  });

  it('repeats what may pass, and slows down when asked to', async () => {
    const world = await aWorld();
    world.hsm.faults.fail(
      'backupKey',
      new WardenError('hsm-throttled', { message: 'slow', retryAfterMs: 500 }),
    );

    expect(await run(world)).toBe('backed-up');
    expect(world.pacer.throttles).toEqual([500]);
  });

  test.prop([
    fc.array(fc.integer({ min: 1_000, max: 2 * SETTLE_MS }), { minLength: 1, maxLength: 20 }),
    fc.nat(12),
  ])(
    'holds the last change in the end, at most one backup in five minutes, wherever it is killed',
    async (waits, kill) => {
      const world = await aWorld();
      const policy = { selection: EVERY_KEY, retry: { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 } };
      const killed = new Error('killed');
      world.state.faults.fail('write', killed, { after: kill % 4 });
      world.backups.faults.fail('read', killed, { after: kill });
      const attempt = async (message: KeyBackupMessage) => {
        for (let tries = 0; tries < 4; tries += 1) {
          try {
            await backUpSingleKey(world.deps, policy, message, new AbortController().signal);
            return;
          } catch (error) {
            if (error !== killed) throw error;
            await world.clock.advance(30_000);
          }
        }
        throw new Error('expected the message to be done after four attempts');
      };
      for (const wait of waits) {
        await world.clock.advance(wait);
        world.hsm.createKey('orders');
        await attempt(MESSAGE);
      }
      for (let rounds = 0; rounds < 40 && world.queue.waiting.length > 0; rounds += 1) {
        await world.clock.advance(SETTLE_MS);
        const next = world.queue.take(KEY_BACKUPS);
        if (next !== undefined) await attempt(readMessage(KEY_BACKUPS, next));
      }

      const { record } = (await readCatalogue(world.state, 'contoso')).keys.orders ?? {};
      const versions = world.hsm.active.get('orders')?.versions.map(({ version }) => version);
      expect(record?.versions.map(({ version }) => version)).toEqual(versions);
      expect(world.queue.waiting).toEqual([]);
    },
  );
});
