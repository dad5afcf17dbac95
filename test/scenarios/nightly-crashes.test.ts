import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SWEEPS } from '../../src/features/backup/queues.ts';
import { AppProcess } from '../support/app-process.ts';
import { LocalWorld } from '../support/local-world.ts';

const KEYS = 60;
/** The queue sets a message aside at the sixth time. */
const CRASHES = 8;
const RUN = { hsm: 'contoso', runId: '20261124T020000Z-nightly' };

let local: LocalWorld;
/** Whichever is running: a test that fails leaves none behind. */
let app: AppProcess | undefined;
beforeAll(async () => {
  local = await LocalWorld.start(KEYS);
}, 120_000);
afterAll(async () => {
  await app?.kill();
  await local?.close();
});

describe('a night with eight crashes', () => {
  it('ends: its one message is handed on, and nothing lands in the poison queue', {
    timeout: 400_000,
  }, async () => {
    const settings = {
      WARDEN_PACE: '10',
      WARDEN_HSMS: `contoso=${local.hsm('contoso').url}`,
    };
    await local.queue.send(SWEEPS, { kind: 'sweep', ...RUN });
    for (let crash = 0; crash < CRASHES; crash += 1) {
      app = await AppProcess.start(local, settings);
      await app.keysDone(2);
      await app.kill();
      await local.lapseLease(RUN.hsm);
    }

    app = await AppProcess.start(local, settings);
    await expect.poll(() => local.ended(RUN.hsm, RUN.runId), { timeout: 120_000, interval: 200 }).toBe(true);
    await app.kill();

    const keys = local.hsm('contoso').state.activeKeys;
    expect(await local.run(RUN.hsm, RUN.runId)).toMatchObject({
      state: 'succeeded',
      counts: { keys, backedUp: keys },
    });
    expect(await local.storedBackups(RUN.hsm)).toHaveLength(keys);
    expect(await local.messagesIn('hsm-sweeps-poison')).toBe(0);
  });
});
