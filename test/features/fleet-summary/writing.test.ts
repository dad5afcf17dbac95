import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts';
import { FleetSummaryWorld } from '../../support/fleet-summary-world.ts';

const HSM = 'hsm-001';
const AT_RISK = { active: 2, covered: 1, excluded: 0, deleted: 0, restorable: 0, risks: 1, lost: 0 };

/** Every HSM is scanned again, a quarter of an hour later. */
async function scanAll(world: FleetSummaryWorld): Promise<void> {
  await world.clock.advance(15 * MINUTE_MS);
  for (const hsm of world.hsms) await world.scanned(hsm);
}

function written(world: FleetSummaryWorld): number {
  return world.state.writes.filter((kind) => kind === 'fleet-summary').length;
}

describe('a round over the fleet', () => {
  it('reads one document for fifty HSMs, and writes none, before the next scan is due', async () => {
    const world = await FleetSummaryWorld.of(101);
    await world.clock.advance(5 * MINUTE_MS);
    world.state.writes.length = 0;

    expect(await world.readsOf(() => world.round())).toEqual({ 'fleet-summary': 3 });
    expect(world.state.writes).toEqual([]);
  });

  it('copies each HSM once after a scan was due, with one write for fifty', async () => {
    const world = await FleetSummaryWorld.of(101);
    await scanAll(world);
    world.state.writes.length = 0;

    expect(await world.readsOf(() => world.round())).toEqual({
      'fleet-summary': 3,
      ...{ summary: 101, 'last-run': 101, verify: 101, watch: 101 },
    });
    expect(world.state.writes).toEqual(['fleet-summary', 'fleet-summary', 'fleet-summary']);
    expect(await world.readsOf(() => world.round())).toEqual({ 'fleet-summary': 3 });
  });

  it('writes nothing while scans do not come', async () => {
    const world = await FleetSummaryWorld.of(2);
    await world.clock.advance(HOUR_MS);
    world.state.writes.length = 0;
    await world.round();
    expect(world.state.writes).toEqual([]);
  });

  it.each<{ name: string; change: (world: FleetSummaryWorld) => Promise<unknown> }>([
    {
      name: 'does not answer',
      change: (world) => world.watched(HSM, { conditions: { 'hsm-unreachable': { since: 1, told: false } } }),
    },
    {
      name: 'has a summary that cannot be read',
      change: (world) => world.put({ kind: 'summary', hsm: HSM }, {}),
    },
    {
      name: 'has a run that cannot be read',
      change: (world) => world.put({ kind: 'last-run', hsm: HSM }, {}, '}'),
    },
    { name: 'was never verified', change: async (world) => world.state.documents.delete(`verify/${HSM}`) },
    {
      name: 'has more to say than a part holds',
      change: (world) => world.scanned(HSM, { warnings: ['x'.repeat(50_000)] }),
    },
  ])('leaves out an HSM that $name, and keeps the others', async ({ change }) => {
    const world = await FleetSummaryWorld.of(3);
    await world.clock.advance(15 * MINUTE_MS);
    await change(world);
    await world.round();

    expect(Object.keys(await world.parts())).toEqual(['hsm-000', 'hsm-002']);
  });

  it('leaves out HSMs that the settings do not name any more', async () => {
    const world = await FleetSummaryWorld.of(3);
    await world.forge((parts) => ({ ...parts, gone: parts[HSM] }));
    await world.round();
    expect(Object.keys(await world.parts())).toEqual(['hsm-000', 'hsm-001', 'hsm-002']);
  });

  it.each([
    { name: 'claims to be of tomorrow', at: 24 * HOUR_MS },
    { name: 'is of twenty minutes ago', at: -20 * MINUTE_MS },
  ])('copies again what $name', async ({ at }) => {
    const world = await FleetSummaryWorld.of(2);
    await world.forge((parts) => ({ ...parts, [HSM]: { ...parts[HSM], at: world.clock.now() + at } }));
    expect(await world.readsOf(() => world.round())).toMatchObject({ summary: 1 });
  });

  it('writes the other documents where one cannot be written', async () => {
    const world = await FleetSummaryWorld.of(51);
    await scanAll(world);
    const gone = new WardenError('storage-unavailable', { message: 'gone' });
    world.state.faults.fail('write', gone, { subject: 'fleet-summary/0' });
    world.state.writes.length = 0;
    await world.round();

    expect(written(world)).toBe(2);
    expect(world.logger.lines.map(({ message }) => message)).toContain(
      'the summary of the fleet could not be written',
    );
  });
});

describe('news of HSMs', () => {
  it('are written at once', async () => {
    const world = await FleetSummaryWorld.of(2);
    await world.scanned(HSM, { counts: AT_RISK });
    expect((await world.hsm(HSM)).verdict).toBe('safe');
    await world.renew(HSM);
    expect((await world.hsm(HSM)).verdict).toBe('at-risk');
  });

  it('of a process are written together while one document is written', async () => {
    const world = await FleetSummaryWorld.of(50);
    const { writer } = world;
    for (const hsm of world.hsms) await world.scanned(hsm, { counts: AT_RISK });
    world.state.writes.length = 0;
    await Promise.all(world.hsms.map((hsm) => writer.renew(hsm, world.call)));

    expect(written(world)).toBeLessThanOrEqual(2);
    expect(await world.home()).toMatchObject({
      verdict: 'at-risk',
      sentence: expect.stringContaining('50 keys'),
    });
  });

  it('of many processes are all written', async () => {
    const world = await FleetSummaryWorld.of(16);
    for (const hsm of world.hsms) await world.scanned(hsm, { counts: AT_RISK });
    await Promise.all(world.hsms.map((hsm) => world.renew(hsm)));

    expect(await world.readsOf(() => world.home())).toEqual({ 'fleet-summary': 1 });
    expect(await world.home()).toMatchObject({ sentence: expect.stringContaining('16 keys') });
  });

  it('are not written over by a process that read the HSM before', async () => {
    const world = await FleetSummaryWorld.of(2);
    await world.clock.advance(15 * MINUTE_MS);
    // A round has read the old documents and is about to write; then a scan finds a risk, and tells.
    const act = async () => {
      await world.scanned(HSM, { counts: AT_RISK });
      await world.renew(HSM);
    };
    world.state.faults.plant({ operation: 'write', subject: 'fleet-summary/0', act });
    await world.scanned('hsm-000');
    await world.round();

    expect(await world.hsm(HSM)).toMatchObject({ verdict: 'at-risk' });
    expect(await world.readsOf(() => world.home())).toEqual({ 'fleet-summary': 1 });
  });

  it('of an HSM that the settings do not name are none', async () => {
    const world = await FleetSummaryWorld.of(2);
    await world.renew('foreign');
    expect(Object.keys(await world.parts())).toEqual(['hsm-000', 'hsm-001']);
  });
});
