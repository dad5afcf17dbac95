import { describe, expect, it } from 'vitest';
import { lastScanAnswer, lastScans } from '../../src/cli/status/last-scan.ts';
import { readConfig } from '../../src/platform/config/config.ts';
import { FleetSummaryWorld } from '../support/fleet-summary-world.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from '../support/memory/memory-audit-store.ts';

const HSM = 'hsm-001';
const AT_RISK = { active: 2, covered: 1, excluded: 0, deleted: 0, restorable: 0, risks: 1, lost: 0 };

/** The HSMs as `status --last-scan` sees them. */
function seen(world: FleetSummaryWorld) {
  const config = readConfig({
    WARDEN_HSMS: world.hsms.join(' '),
    WARDEN_BACKUP_URL: 'https://backups.blob.core.windows.net/',
  });
  const store = {
    state: world.store,
    seals: world.seals,
    auditStore: new MemoryAuditStore(world.clock),
    anchor: new MemoryAuditAnchor(),
    decisions: undefined,
  };
  return lastScans(store, config, world.hsms, world);
}

const context = (world: FleetSummaryWorld) => ({
  clock: world.clock,
  environment: { NO_COLOR: '1' },
  stdout: { write: () => true, isTTY: false, columns: 120 },
});

describe('status --last-scan', () => {
  it('reads one document for fifty HSMs', async () => {
    const world = await FleetSummaryWorld.of(50);
    expect(await world.readsOf(() => seen(world))).toEqual({ 'fleet-summary': 1 });
  });

  it('is safe where each HSM was safe when it was scanned, and that is not old', async () => {
    const world = await FleetSummaryWorld.of(2);
    const { data, page, verdict } = lastScanAnswer(await seen(world), true, context(world));
    expect(data).toMatchObject({ safe: true, sealed: true, verdict: 'safe' });
    expect(page).toContain('hsm-000  SAFE  2 of 2 active keys with a good backup; last scan 0 s ago');
    expect(page).toContain('Every key is safe.');
    expect(verdict).toBe('safe');
  });

  it('names first the HSM that is at risk, with what is wrong', async () => {
    const world = await FleetSummaryWorld.of(2);
    await world.scanned(HSM, {
      counts: AT_RISK,
      risks: [{ key: 'orders', risk: 'no-backup', detail: 'it has no backup' }],
    });
    await world.renew(HSM);
    const { page, verdict } = lastScanAnswer(await seen(world), true, context(world));
    expect(verdict).toBe('at-risk');
    expect(page).toMatch(/^hsm-001 {2}AT RISK .*\n {2}! orders: it has no backup\nhsm-000 {2}SAFE/);
  });

  it('does not know where a scan is late', async () => {
    const world = await FleetSummaryWorld.of(2);
    await world.clock.advance(3_600_000);
    await world.scanned(HSM);
    const { data, page, verdict } = lastScanAnswer(await seen(world), true, context(world));
    expect(data.safe).toBe(false);
    expect(page).toMatch(/^hsm-000 {2}UNKNOWN .*\n {2}\? The last scan .* is late\.\nhsm-001 {2}SAFE/);
    expect(verdict).toBe('unknown');
  });

  it('does not know where HSMs may be missing that people added', async () => {
    const world = await FleetSummaryWorld.of(2);
    const { data, page } = lastScanAnswer(await seen(world), false, context(world));
    expect(data).toMatchObject({ safe: false, verdict: 'unknown' });
    expect(page).toContain('It is not known whether every key is safe.');
  });
});
