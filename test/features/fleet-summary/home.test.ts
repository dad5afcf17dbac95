import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts';
import { FleetSummaryWorld } from '../../support/fleet-summary-world.ts';

const HSM = 'hsm-001';
/** What one HSM costs a process that has just started and looks it up on its own. */
const OWN = { summary: 2, 'last-run': 1, verify: 1, watch: 5, 'list of runs': 1, run: 1 };
const RISK = { key: 'orders', risk: 'no-backup', detail: 'it has no backup' };

describe('the home page of a fleet', () => {
  it.each([
    [1, 1],
    [50, 1],
    [51, 2],
    [101, 3],
  ])('reads for %i HSMs %i document(s), and no other', async (hsms, documents) => {
    const world = await FleetSummaryWorld.of(hsms);
    expect(await world.readsOf(() => world.home())).toEqual({ 'fleet-summary': documents });
    expect(await world.home()).toMatchObject({ verdict: 'safe', sealed: true });
  });

  it('says of each HSM what its own documents say', async () => {
    const world = await FleetSummaryWorld.of(3);
    const counts = { active: 2, covered: 1, excluded: 0, deleted: 0, restorable: 0, risks: 1, lost: 0 };
    await world.scanned('hsm-002', { counts, risks: [RISK] });
    await world.watched('hsm-001', { refused: [], refusedBefore: 3 });
    await world.renew('hsm-001');
    await world.renew('hsm-002');
    const bySummary = await world.home();
    expect(await world.readsOf(() => world.home())).toEqual({ 'fleet-summary': 1 });
    world.state.documents.delete('fleet-summary/0');

    expect(bySummary).toEqual(await world.home());
    expect(bySummary.hsms.get('hsm-001')?.warnings).toEqual(['The topic refused 3 events for good.']);
    expect(bySummary.hsms.get('hsm-002')).toMatchObject({ verdict: 'at-risk', risks: [RISK] });
  });

  it.each<{ name: string; change: (world: FleetSummaryWorld) => Promise<unknown> }>([
    { name: 'has no part', change: (world) => world.forge(({ [HSM]: _gone, ...others }) => others) },
    {
      name: 'has a part that nobody can read',
      change: (world) => world.forge((parts) => ({ ...parts, [HSM]: { at: 'noon' } })),
    },
    {
      name: 'has a part without a verification',
      change: (world) => world.forge((parts) => ({ ...parts, [HSM]: { ...parts[HSM], verify: null } })),
    },
    {
      name: 'has a copy that nobody can read',
      change: (world) =>
        world.forge((parts) => ({ ...parts, [HSM]: { ...parts[HSM], summary: { hsm: HSM } } })),
    },
  ])('reads the documents of an HSM that $name, and of no other', async ({ change }) => {
    const world = await FleetSummaryWorld.of(50);
    await change(world);

    expect(await world.readsOf(() => world.home())).toEqual({ 'fleet-summary': 1, ...OWN });
    expect(await world.home()).toMatchObject({ verdict: 'safe', sealed: true });
  });

  it('reads all documents where the summary is gone or no JSON', async () => {
    const world = await FleetSummaryWorld.of(2);
    const twice = Object.entries(OWN).map(([kind, count]) => [kind, 2 * count]);
    const all = { 'fleet-summary': 1, ...Object.fromEntries(twice) };
    world.state.documents.set('fleet-summary/0', { text: '{"format":1,', etag: 'x' });
    expect(await world.readsOf(() => world.home())).toEqual(all);
    world.state.documents.delete('fleet-summary/0');
    expect(await world.readsOf(() => world.home())).toEqual(all);
    expect(await world.home()).toMatchObject({ verdict: 'safe' });
  });

  it('reads all documents while the summary cannot be read', async () => {
    const world = await FleetSummaryWorld.of(2);
    const gone = new WardenError('storage-unavailable', { message: 'gone' });
    world.state.faults.fail('read', gone, { subject: 'fleet-summary/0' });
    expect(await world.home()).toMatchObject({ verdict: 'safe', sealed: true });
  });

  it('finds a scan in the documents of the HSM that the summary is too old to know', async () => {
    const world = await FleetSummaryWorld.of(2);
    await world.clock.advance(36 * MINUTE_MS);
    await world.scanned(HSM);

    expect((await world.hsm(HSM)).verdict).toBe('safe');
    expect(await world.hsm('hsm-000')).toMatchObject({
      verdict: 'unknown',
      why: expect.stringContaining('is late'),
    });
  });

  it('finds a run in the documents of the HSM that should have been there since', async () => {
    const world = await FleetSummaryWorld.of(2);
    await world.clock.advance(DAY_MS);
    for (const hsm of world.hsms) await world.scanned(hsm);
    await world.round();
    await world.ran(HSM, { runId: '20261125T020000Z-nightly' });

    expect(await world.hsm(HSM)).toMatchObject({
      lastRun: { runId: '20261125T020000Z-nightly' },
      warnings: [],
    });
    expect((await world.hsm('hsm-000')).warnings.join()).toContain('has not ended');
  });

  it('hears of damage that is noted for good, however old its copies are', async () => {
    const world = await FleetSummaryWorld.of(3);
    const damage = {
      kind: 'damage',
      blob: `${HSM}/orders/1.keybackup`,
      noticedAt: world.clock.now(),
    } as const;
    await world.notes.keep(HSM, [damage], world.logger);

    expect(await world.hsm(HSM)).toMatchObject({
      verdict: 'at-risk',
      why: expect.stringContaining('1 damaged backup'),
    });
    expect((await world.hsm('hsm-002')).verdict).toBe('safe');
    expect(await world.readsOf(() => world.home())).toEqual({ 'fleet-summary': 1 });
  });

  it('reads all documents while nobody knows of whom anything is noted', async () => {
    const world = await FleetSummaryWorld.of(2);
    world.once.faults.fail('list', new WardenError('storage-unavailable', { message: 'gone' }));
    expect(await world.readsOf(() => world.home())).toMatchObject({ verify: 2 });
  });

  it('is made from the summary where nothing is sealed, and says so', async () => {
    const world = await FleetSummaryWorld.of(50, { isSealed: false });
    expect(await world.readsOf(() => world.home())).toEqual({ 'fleet-summary': 1 });
    expect(await world.home()).toMatchObject({ verdict: 'safe', sealed: false });
  });

  it('shows the nights of the last month, and knows when one is missing', async () => {
    const world = await FleetSummaryWorld.of(2);
    for (let night = 25; night <= 27; night += 1) {
      await world.clock.advance(DAY_MS);
      for (const hsm of world.hsms) {
        await world.scanned(hsm, { watchingSince: Date.UTC(2026, 10, 24, 9) });
        if (hsm !== HSM || night !== 26) await world.ran(hsm, { runId: `202611${night}T020000Z-nightly` });
      }
      await world.round();
    }
    const { nights } = await world.home();
    expect(await world.readsOf(() => world.home())).toEqual({ 'fleet-summary': 1 });
    expect(nights.slice(-4).map(({ runs, missing }) => [runs.length, missing])).toEqual([
      [2, []],
      [2, []],
      [1, [HSM]],
      [2, []],
    ]);
    world.state.documents.delete('fleet-summary/0');
    expect((await world.home()).nights).toEqual(nights);
  });

  it('lists the runs of an HSM over which one is due that the summary does not know', async () => {
    const world = await FleetSummaryWorld.of(2);
    await world.clock.advance(17 * HOUR_MS + MINUTE_MS);
    for (const hsm of world.hsms) await world.scanned(hsm);
    await world.round();
    const runId = '20261125T020000Z-nightly';
    const running = { hsm: HSM, runId, state: 'running', startedAt: world.clock.now() };
    const rest = { format: 2, parts: 1, retries: 0, throttles: 0, pace: { set: 8, last: 8 } };
    const counts = { keys: 0, backedUp: 0, unchanged: 0, skipped: 0, vanished: 0, refused: 0, failed: 0 };
    await world.put({ kind: 'run', hsm: HSM, runId }, { ...running, ...rest, counts }, '\n');

    expect((await world.home()).nights.at(-1)?.runs).toMatchObject([{ hsm: HSM, state: 'running' }]);
  });

  it('reads a run that has not ended where it is, each time', async () => {
    const world = await FleetSummaryWorld.of(2);
    const runId = '20261124T090000Z-manual';
    await world.put({ kind: 'run', hsm: HSM, runId }, { no: 'head' }, '\n');
    await world.clock.advance(DAY_MS);
    for (const hsm of world.hsms) {
      await world.scanned(hsm);
      await world.ran(hsm, { runId: '20261125T020000Z-nightly' });
    }
    await world.round();

    expect(await world.readsOf(() => world.home())).toEqual({ 'fleet-summary': 1, run: 1 });
    expect((await world.home()).nights.at(-2)?.unreadable).toEqual([HSM]);
  });

  it('grows old as any other', async () => {
    const world = await FleetSummaryWorld.of(2);
    await world.clock.advance(2 * HOUR_MS);
    await world.round();
    expect(await world.home()).toMatchObject({ verdict: 'unknown' });
  });
});
