import { describe, expect, it } from 'vitest';
import { Findings } from '../../../src/features/recovery/findings/findings.ts';
import { Incidents } from '../../../src/features/recovery/findings/incidents.ts';
import { reportLosses } from '../../../src/features/status/report-losses.ts';
import { readWatchState, updateWatchState } from '../../../src/features/watch/model/watch-state.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';
import { person } from '../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../support/recovery-world.ts';

const PURGED = { at: 1_000, awaitsRecord: false, records: [] };
const SIGNAL = new AbortController().signal;

/** A world in which keys of contoso were purged, two of them with no backup. */
async function lossyWorld(): Promise<RecoveryWorld> {
  const world = new RecoveryWorld();
  const purges = {
    orders: { ...PURGED, lost: 'key' as const },
    signing: { ...PURGED, lost: 'newest-version' as const },
    saved: PURGED,
  };
  await updateWatchState(world.store, 'contoso', (state) => ({ ...state, purges }));
  return world;
}

async function linesOf(world: RecoveryWorld, hsm = 'contoso') {
  const { store, auditStore, anchor, decisions } = world;
  const logger = new RecordingLogger();
  await reportLosses({ auditStore, anchor, decisions, logger }, await readWatchState(store, hsm), SIGNAL);
  return logger.lines.map(({ message, fields }) => ({ message, ...fields }));
}

async function acknowledge(world: RecoveryWorld, key: string): Promise<void> {
  const { store, auditStore, clock, anchor, decisions } = world;
  const { audit } = world.deps();
  const hsmNames = ['contoso'];
  const incidents = new Incidents({ store, audit, clock, hsmNames });
  const findings = new Findings({ store, auditStore, audit, anchor, decisions, hsmNames, incidents, clock });
  const found = (await findings.list()).find((one) => one.key === key);
  await findings.acknowledge(found?.id ?? '', person('bob'), 'its owner knows');
}

describe('losses', () => {
  it('are said after each scan until somebody acknowledges them', async () => {
    const world = await lossyWorld();
    const message = 'keys are lost, and nobody has acknowledged it';

    const both = { message, hsm: 'contoso', keys: 2, named: ['orders', 'signing'] };
    expect([await linesOf(world), await linesOf(world)]).toEqual([[both], [both]]);
    await acknowledge(world, 'orders');
    expect(await linesOf(world)).toEqual([{ message, hsm: 'contoso', keys: 1, named: ['signing'] }]);
    await acknowledge(world, 'signing');
    expect(await linesOf(world)).toEqual([]);
  });

  it('are nothing to say of an HSM that has none', async () => {
    expect(await linesOf(await lossyWorld(), 'fabrikam')).toEqual([]);
  });
});
