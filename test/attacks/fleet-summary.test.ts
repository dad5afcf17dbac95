/**
 * Somebody who can write the state container and nothing else writes the summary of the fleet: no HSM looks safe by it that its own documents
 * do not show safe, none looks younger, and what is wrong with one hides no other.
 */
import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/core/time.ts';
import { FleetSummaryWorld } from '../support/fleet-summary-world.ts';

const HSM = 'hsm-001';
const OTHER = 'hsm-000';
const AT_RISK = { active: 2, covered: 1, excluded: 0, deleted: 0, restorable: 0, risks: 1, lost: 0 };
const SAFE = { ...AT_RISK, covered: 2, risks: 0 };

type Parts = Record<string, Record<string, object>>;

/** A world with an HSM at risk, which the summary says. */
async function riskyWorld(): Promise<FleetSummaryWorld> {
  const world = await FleetSummaryWorld.of(3);
  await world.scanned(HSM, {
    counts: AT_RISK,
    risks: [{ key: 'orders', risk: 'no-backup', detail: 'it has no backup' }],
  });
  await world.renew(HSM);
  return world;
}

/** `text` in place of that of the part of the HSM. */
function rewritten(parts: Parts, change: (text: string) => string): object {
  return { ...parts, [HSM]: JSON.parse(change(JSON.stringify(parts[HSM]))) };
}

describe('an HSM at risk', () => {
  it.each<{ name: string; change: (parts: Parts, now: number) => object }>([
    {
      name: 'a summary that says it is safe',
      change: (parts) =>
        rewritten(parts, (text) => text.replace(JSON.stringify(AT_RISK), JSON.stringify(SAFE))),
    },
    {
      name: 'the summary without its seal',
      change: (parts) => ({
        ...parts,
        [HSM]: { ...parts[HSM], summary: { ...parts[HSM]?.summary, counts: SAFE, seal: undefined } },
      }),
    },
    { name: 'the part of another HSM', change: (parts) => ({ ...parts, [HSM]: parts[OTHER] ?? {} }) },
    {
      name: 'the part of another HSM under its own name',
      change: (parts) => ({
        ...parts,
        [HSM]: JSON.parse(JSON.stringify(parts[OTHER]).replaceAll(OTHER, HSM)),
      }),
    },
    {
      name: 'the summary of another HSM',
      change: (parts) => ({ ...parts, [HSM]: { ...parts[HSM], summary: parts[OTHER]?.summary ?? {} } }),
    },
    {
      name: 'the summary of another HSM under its own name',
      change: (parts) => {
        const summary: object = JSON.parse(JSON.stringify(parts[OTHER]?.summary).replaceAll(OTHER, HSM));
        return { ...parts, [HSM]: { ...parts[HSM], summary } };
      },
    },
    { name: 'no part', change: ({ [HSM]: _gone, ...parts }) => parts },
    {
      name: 'a part under a name of the language',
      change: (parts) => ({ ...parts, constructor: parts[OTHER] }),
    },
  ])('stays at risk by $name', async ({ change }) => {
    const world = await riskyWorld();
    await world.forge((parts) => change(parts, world.clock.now()));

    expect(await world.hsm(HSM)).toMatchObject({ verdict: 'at-risk', sealed: true });
    expect(await world.hsm(OTHER)).toMatchObject({ verdict: 'safe', sealed: true });
    expect(await world.hsm('hsm-002')).toMatchObject({ verdict: 'safe', sealed: true });
  });

  it('is hidden by a part of before for as long as the summary of a scan counts, and the page shows its age', async () => {
    const world = await FleetSummaryWorld.of(2);
    const before = await world.parts();
    const scannedAt = new Date(world.clock.now()).toISOString();
    await world.clock.advance(15 * MINUTE_MS);
    await world.scanned(HSM, { counts: AT_RISK });
    await world.forge(() => before);

    expect(await world.hsm(HSM)).toMatchObject({ verdict: 'safe', judgedAt: scannedAt });
    await world.clock.advance(21 * MINUTE_MS);
    expect(await world.hsm(HSM)).toMatchObject({ verdict: 'at-risk' });
  });

  it('is shown again by the next round, whatever time a part of before claims', async () => {
    const world = await FleetSummaryWorld.of(2);
    const before = await world.parts();
    await world.clock.advance(15 * MINUTE_MS);
    await world.scanned(HSM, { counts: AT_RISK });
    await world.forge(() => ({ ...before, [HSM]: { ...before[HSM], at: world.clock.now() } }));
    await world.round();

    expect(await world.hsm(HSM)).toMatchObject({ verdict: 'at-risk' });
  });
});

describe('the times of an HSM', () => {
  it.each([
    { name: 'the run', key: 'lastRun' },
    { name: 'the verification', key: 'verify' },
  ])('are its own when $name of another HSM is put in the place of its own', async ({ key }) => {
    const world = await FleetSummaryWorld.of(2);
    const ownTime = await world.hsm(HSM);
    await world.clock.advance(MINUTE_MS);
    await world.ran(OTHER);
    await world.verified(OTHER);
    await world.renew(OTHER);
    for (const rename of [(text: string) => text, (text: string) => text.replaceAll(OTHER, HSM)]) {
      await world.forge((parts) => {
        const copy: object = JSON.parse(rename(JSON.stringify(parts[OTHER]?.[key])));
        return { ...parts, [HSM]: { ...parts[HSM], [key]: copy } };
      });
      const { lastRun, verifiedAt } = await world.hsm(HSM);
      expect({ lastRun, verifiedAt }).toEqual({ lastRun: ownTime.lastRun, verifiedAt: ownTime.verifiedAt });
    }
  });

  it('are its own when those of the summary are moved on', async () => {
    const world = await FleetSummaryWorld.of(2);
    const { lastRun, verifiedAt, judgedAt } = await world.hsm(HSM);
    await world.forge((parts) =>
      rewritten(parts, (text) =>
        text.replaceAll(
          /"(judgedAt|staleAfter|startedAt|endedAt)":\d+/g,
          (_, name) => `"${name}":${world.clock.now()}`,
        ),
      ),
    );
    await world.clock.advance(MINUTE_MS);
    expect(await world.hsm(HSM)).toMatchObject({ lastRun, verifiedAt, judgedAt });
  });
});

describe('damage that is noted for good', () => {
  it('is shown whichever verification of before the summary has', async () => {
    const world = await FleetSummaryWorld.of(2);
    const before = await world.parts();
    const blob = `${HSM}/orders/1.keybackup`;
    await world.notes.keep(HSM, [{ kind: 'damage', blob, noticedAt: world.clock.now() }], world.logger);
    await world.forge(() => before);

    expect(await world.hsm(HSM)).toMatchObject({ verdict: 'at-risk' });
  });
});
