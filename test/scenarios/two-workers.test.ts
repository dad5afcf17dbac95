import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepPolicy } from '../../src/features/backup/manifest.ts';
import { SWEEPS } from '../../src/features/backup/queues.ts';
import { type SweepResult, sweep } from '../../src/features/backup/sweep.ts';
import type { InvocationLog } from '../../src/platform/app.ts';
import { backupPortsOn } from '../../src/platform/backup-app.ts';
import { readConfig } from '../../src/platform/config/config.ts';
import { openPlatform } from '../../src/platform/platform.ts';
import { LocalWorld } from '../support/local-world.ts';

const QUIET: InvocationLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
let local: LocalWorld;

beforeAll(async () => {
  local = await LocalWorld.start(40);
  await local.queue.send(SWEEPS, { kind: 'sweep', hsm: 'contoso', runId: 'makes-the-queue' });
}, 120_000);

afterAll(async () => {
  await local?.close();
});

/** One instance of the app, with connections and pacers of its own. */
function instance(): (hsm: string, runId?: string) => Promise<SweepResult> {
  Object.assign(process.env, local.world.settings);
  const config = readConfig(local.world.settings);
  const { signal } = new AbortController();
  const portsFor = backupPortsOn(openPlatform({ config }), signal);
  return async (name, runId = '20261124T020000Z-nightly') => {
    const ports = await portsFor(QUIET);
    const hsm = ports.hsms.get(name);
    return sweep({ ...ports, ...hsm }, sweepPolicy(config, hsm), { kind: 'sweep', hsm: name, runId }, signal);
  };
}

describe('two instances of the app at the same time', () => {
  it('on one HSM: one sweeps, the other yields and leaves the work to the first', async () => {
    const results = await Promise.all([instance(), instance()].map((sweepOne) => sweepOne('contoso')));

    expect(results.map(({ status }) => status).sort()).toEqual(['ended', 'yielded']);
    expect(await local.storedBackups('contoso')).toHaveLength(local.hsm('contoso').state.activeKeys);
  });

  it('on two HSMs: both run, each at its own pace', async () => {
    const sweepOne = instance();
    const runs = ['contoso', 'fabrikam'].map((hsm) => sweepOne(hsm, '20261125T020000Z-nightly'));

    const results = await Promise.all(runs);

    expect(
      results.map((result) => (result.status === 'ended' ? result.run.counts : result.status)),
    ).toMatchObject([
      { unchanged: local.hsm('contoso').state.activeKeys },
      { backedUp: local.hsm('fabrikam').state.activeKeys },
    ]);
  });
});
