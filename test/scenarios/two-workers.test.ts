import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeWarden, type InvocationLog, type Warden } from '../../src/platform/compose.ts';
import { readConfig } from '../../src/platform/config/config.ts';
import { LocalWorld } from '../support/local-world.ts';

const QUIET: InvocationLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
const sweepOf = (hsm: string) => ({ kind: 'sweep', hsm, runId: '20261124T020000Z-nightly' });

let local: LocalWorld;

beforeAll(async () => {
  local = await LocalWorld.start(40);
  await local.queue.send('hsm-sweeps', {});
}, 120_000);

afterAll(async () => {
  await local?.close();
});

/** One instance of the app, with connections and pacers of its own. */
function instance(): Warden {
  Object.assign(process.env, local.world.settings);
  return composeWarden(readConfig(local.world.settings));
}

describe('two instances of the app at once', () => {
  it('on one HSM: one sweeps, the other yields and leaves the work to the first', async () => {
    const results = await Promise.all(
      [instance(), instance()].map((warden) => warden.sweep(sweepOf('contoso'), QUIET)),
    );

    expect(results.map(({ status }) => status).sort()).toEqual(['ended', 'yielded']);
    expect(await local.storedBackups('contoso')).toHaveLength(20);
  });

  it('on two HSMs: both run, each at its own pace', async () => {
    const warden = instance();
    const runs = ['contoso', 'fabrikam'].map((hsm) =>
      warden.sweep({ ...sweepOf(hsm), runId: '20261125T020000Z-nightly' }, QUIET),
    );

    const results = await Promise.all(runs);

    expect(
      results.map((result) => (result.status === 'ended' ? result.run.counts : result.status)),
    ).toMatchObject([{ unchanged: 20 }, { backedUp: 20 }]);
  });
});
