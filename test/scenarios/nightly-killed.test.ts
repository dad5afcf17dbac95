import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededUniform } from '../../src/emulator/latency/sampler.ts';
import { SWEEPS } from '../../src/features/backup/queues.ts';
import { readCatalogue } from '../../src/features/recovery-points/catalogue.ts';
import { structureFault } from '../../src/features/recovery-points/structure.ts';
import { LocalWorld } from '../support/local-world.ts';

const KEYS = 120;
const KILLS = 20;
const seed = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));
const random = seededUniform(seed);
const RUN = { hsm: 'contoso', runId: '20261124T020000Z-nightly' };

let local: LocalWorld;

beforeAll(async () => {
  process.stdout.write(`KILL_SEED=${seed}\n`);
  local = await LocalWorld.start(KEYS);
}, 120_000);

afterAll(async () => {
  await local?.close();
});

/** Starts the app in a process of its own; the lines it writes are its heartbeat. */
async function startApp(): Promise<{ child: ChildProcess; lines: AsyncIterator<string> }> {
  const child = spawn(process.execPath, ['test/support/host-process.ts'], {
    env: {
      ...process.env,
      ...local.world.settings,
      WARDEN_PACE: '10',
      WARDEN_HSMS: `contoso=${local.hsm('contoso').url}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('expected an output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return { child, lines };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('the nightly run, killed hard at 20 random moments', () => {
  it('converges: every key has one good backup, none is half-written, none is counted twice', {
    timeout: 600_000,
  }, async () => {
    const expected = local.hsm('contoso').state.activeKeys;
    let kills = 0;
    while (kills < KILLS && !(await local.ended(RUN.hsm, RUN.runId))) {
      const { child, lines } = await startApp();
      // A repeated message stands for the one that comes back when its time is over.
      await local.queue.send(SWEEPS, { kind: 'sweep', ...RUN });
      // After so many keys; the others under way are then anywhere between list and catalogue.
      for (let keys = Math.floor(random() * 5); keys > 0; keys -= 1) await lines.next();
      await kill(child);
      kills += 1;
      await local.lapseLease(RUN.hsm);
    }

    const { child } = await startApp();
    await local.queue.send(SWEEPS, { kind: 'sweep', ...RUN });
    await expect.poll(() => local.ended(RUN.hsm, RUN.runId), { timeout: 60_000, interval: 200 }).toBe(true);
    await kill(child);

    const run = await local.run(RUN.hsm, RUN.runId);
    expect(run).toMatchObject({
      state: 'succeeded',
      counts: { keys: expected, backedUp: expected, failed: 0 },
    });
    const stored = await local.storedBackups(RUN.hsm);
    expect(stored.map(({ record }) => record.key).sort()).toEqual(
      [...new Set(stored.map(({ record }) => record.key))].sort(),
    );
    expect(stored).toHaveLength(expected);
    for (const { blob, record } of stored) {
      const bytes = await local.backups.read(blob);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(record.sha256);
      expect(structureFault(bytes)).toBeUndefined();
    }
    const catalogue = await readCatalogue(local.state, RUN.hsm);
    expect(Object.keys(catalogue.keys)).toHaveLength(expected);
    expect(kills).toBeGreaterThanOrEqual(10);
  });
});
