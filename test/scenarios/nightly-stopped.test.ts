import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SWEEPS } from '../../src/features/backup/queues.ts';
import { readCatalogue } from '../../src/features/recovery-points/catalogue.ts';
import { AppProcess } from '../support/app-process.ts';
import { AT_ONCE_MS } from '../support/at-once.ts';
import { LocalWorld } from '../support/local-world.ts';

/** As many on each of two HSMs; 700 were tried. */
const KEYS = Number(process.env.STOPPED_KEYS ?? 200);
const RUN = { hsm: 'contoso', runId: '20261124T020000Z-nightly' };

let local: LocalWorld;
beforeAll(async () => {
  local = await LocalWorld.start(KEYS);
}, 240_000);
afterAll(async () => {
  await local?.close();
});

describe('the nightly run, asked to stop in its middle', () => {
  it('loses nothing: all that is backed up is in catalogue and record, and the next process goes on at once', {
    timeout: 300_000,
  }, async () => {
    const settings = { WARDEN_PACE: '10', WARDEN_HSMS: `contoso=${local.hsm('contoso').url}` };
    const first = await AppProcess.start(local, settings);
    await local.queue.send(SWEEPS, { kind: 'sweep', ...RUN });
    await first.keysDone(30);

    const startedAt = performance.now();
    await first.terminate();
    const tookMs = performance.now() - startedAt;

    const stopped = await local.run(RUN.hsm, RUN.runId);
    const stored = await local.storedBackups(RUN.hsm);
    const done = stopped?.counts.backedUp ?? 0;
    // The rest of the keys would take 17 s. That the hook ends within 4.5 s is tested where the clock is not this machine's.
    expect(tookMs).toBeLessThan(12_000);
    expect(done).toBeGreaterThanOrEqual(29);
    expect(stored).toHaveLength(done);
    expect(Object.keys((await readCatalogue(local.state, RUN.hsm)).keys)).toHaveLength(done);
    expect(await local.isLeased(RUN.hsm)).toBe(false);

    const next = await AppProcess.start(local, settings);
    const nextAt = performance.now();
    await next.keysDone(1);
    // A lease that is held would end after a minute.
    expect(performance.now() - nextAt).toBeLessThan(AT_ONCE_MS);
    await expect.poll(() => local.ended(RUN.hsm, RUN.runId), { timeout: 200_000, interval: 300 }).toBe(true);
    await next.kill();

    const keys = local.hsm('contoso').state.activeKeys;
    expect(await local.run(RUN.hsm, RUN.runId)).toMatchObject({
      state: 'succeeded',
      counts: { keys, backedUp: keys, failed: 0 },
    });
    expect(await local.storedBackups(RUN.hsm)).toHaveLength(keys);
  });
});
