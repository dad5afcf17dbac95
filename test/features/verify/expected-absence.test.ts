/** Backups that are gone because the lifecycle rule removed them: which of them anybody need hear of. */

import { describe, expect, it } from 'vitest';
import { KEY_BACKUPS } from '../../../src/features/backup/queues.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { VerifyWorld } from '../../support/verify-world.ts';
import { aWatchPolicy, DAY_MS } from '../../support/watch-world.ts';

describe('a verification of a store whose lifecycle rule removes old backups', () => {
  /** A key with a backup that a scan knows, deleted and purged, so that its backup is pinned. */
  async function purged() {
    const world = new VerifyWorld({ purgeProtection: false });
    await world.fill(2);
    await world.scan();
    world.hsm.deleteKey('key-1');
    world.hsm.purgeKey('key-1');
    await world.scan();
    return { world, original: world.blobOf('key-1') };
  }

  async function verified(world: VerifyWorld) {
    const { status, state } = await world.verify();
    expect(status).toBe('ended');
    const { keys } = await readCatalogue(world.state, 'contoso');
    const reported = world.reports.filter((name) => name.startsWith('BackupDamaged'));
    return {
      found: state.found,
      reported,
      promised: keys['key-1']?.blob,
      asked: world.queue.take(KEY_BACKUPS),
    };
  }

  it('takes the pinned copy of a purged key for the original, and reports nothing', async () => {
    const { world, original } = await purged();
    await world.clock.advance(401 * DAY_MS);
    world.backups.remove(original);

    expect(await verified(world)).toEqual({
      found: 0,
      reported: [],
      promised: `pinned/${original}`,
      asked: undefined,
    });
  });

  it('reports a purged key whose original and pinned copy are both gone', async () => {
    const { world, original } = await purged();
    await world.clock.advance(401 * DAY_MS);
    world.backups.remove(original);
    world.backups.remove(`pinned/${original}`);

    expect(await verified(world)).toMatchObject({ found: 1, reported: ['BackupDamaged key-1'] });
  });

  it('reports a purged key whose pinned copy is damaged, both names', async () => {
    const { world, original } = await purged();
    await world.clock.advance(401 * DAY_MS);
    world.backups.remove(original);
    await world.damage(`pinned/${original}`);

    expect(await verified(world)).toMatchObject({ found: 2 });
  });

  it('reports a lost pinned copy that the catalogue has come to name', async () => {
    const { world, original } = await purged();
    await world.clock.advance(401 * DAY_MS);
    world.backups.remove(original);
    await world.verify({ kind: 'verify', hsm: 'contoso', runId: 'run-0' });
    world.backups.remove(`pinned/${original}`);

    expect(await verified(world)).toMatchObject({ found: 1, reported: ['BackupDamaged key-1'] });
  });

  /** A key that the settings leave out since it was backed up; its backup goes at this age. */
  async function leftOut(days: number, exclude: readonly string[]) {
    const world = new VerifyWorld();
    await world.fill(2);
    world.policy = aWatchPolicy({ selection: { include: [], exclude, excludeTags: [] } });
    await world.scan();
    await world.clock.advance(days * DAY_MS);
    world.backups.remove(world.blobOf('key-1'));
    return world;
  }

  it('forgets the backup of a key that the settings leave out since', async () => {
    const world = await leftOut(401, ['key-1']);

    expect(await verified(world)).toEqual({ found: 0, reported: [], promised: undefined, asked: undefined });
    expect(world.logger.lines.map(({ message }) => message)).toContain(
      'backup reached its age and is needed no more',
    );
  });

  it.each([
    ['younger than the rule removes', 399, ['key-1']],
    ['of a key that needs one', 401, []],
  ])('tells a lost backup %s', async (_name, days, exclude) => {
    const world = await leftOut(days, exclude);

    expect(await verified(world)).toMatchObject({ found: 1, reported: ['BackupDamaged key-1'] });
  });

  it('reports a lost backup when no scan says whether its key is there', async () => {
    const world = new VerifyWorld();
    await world.fill(2);
    await world.clock.advance(401 * DAY_MS);
    world.backups.remove(world.blobOf('key-1'));

    expect(await verified(world)).toMatchObject({ found: 1 });
  });
});
