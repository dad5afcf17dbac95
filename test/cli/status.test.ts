import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { acknowledgementEvent } from '../../src/features/audit/acknowledgements.ts';
import { ChainedAuditLog } from '../../src/features/audit/audit-log.ts';
import { fileResults } from '../../src/features/drill/model/results.ts';
import { readCatalogue } from '../../src/features/recovery-points/catalogue.ts';
import { lostFindings } from '../../src/features/watch/model/lost-findings.ts';
import { aDrillResult } from '../support/drill-result.ts';
import { MemoryAuditAnchor } from '../support/memory/memory-audit-store.ts';
import { anOperation, aRequest, person } from '../support/recovery-builders.ts';
import { CliWorld } from './support/cli-world.ts';

const DRILL_HSM =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.KeyVault/managedHSMs/drill';

let world: CliWorld;
const NOTED = { at: Date.UTC(2026, 10, 1), awaitsRecord: false, records: [] };

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso' }]);
  for (const name of ['orders', 'payments'])
    await world.client().createKey(name, 'EC-HSM', { curve: 'P-256' });
  await world.run(['backup', 'run']);
});
afterAll(() => world?.close());
beforeEach(() => remember({}));

/** What the watch remembers. */
async function remember(change: Readonly<Record<string, unknown>>): Promise<void> {
  const address = { kind: 'watch', hsm: 'contoso' } as const;
  const before = await world.state.read(address);
  const state = {
    format: 1,
    hsm: 'contoso',
    keys: {},
    purges: {},
    conditions: {},
    outbox: [],
    refused: [],
    pins: [],
  };
  const guard = before === undefined ? ('absent' as const) : { etag: before.etag };
  await world.state.write(address, JSON.stringify({ ...state, ...change }), guard);
}

const json = async (environment = {}) =>
  JSON.parse((await world.run(['status', '-o', 'json'], { environment })).stdout);

describe('status', () => {
  it('is safe with exit code 0, and says how old everything is that it rests on', async () => {
    const { code, stdout } = await world.run(['status']);
    expect(stdout).toMatch(/last scan never; last run succeeded .* ago; last verification never/);
    expect(stdout).toContain('Every key is safe (not sealed).');
    expect(code).toBe(0);
    expect(await json()).toMatchObject({ safe: true, verdict: 'safe' });
  });

  it('does not know by the last scan what no scan has seen', async () => {
    const { code, stdout } = await world.run(['status', '--last-scan']);
    expect(stdout).toContain('No scan has seen this HSM yet.');
    expect(stdout).toContain('It is not known whether every key is safe.');
    expect(code).toBe(2);
    const answer = JSON.parse((await world.run(['status', '--last-scan', '-o', 'json'])).stdout);
    expect(answer).toMatchObject({ safe: false, verdict: 'unknown', hsms: [{ hsm: 'contoso' }] });
  });

  it('is at risk where a drill did not bring a key back, whether or not a drill HSM is named any more', async () => {
    const { keys } = await readCatalogue(world.state, 'contoso');
    const point = { ...aDrillResult('orders').point, sha256: keys.orders?.record.sha256 ?? '' };
    await fileResults(world.state, 'contoso', [aDrillResult('orders', { verdict: 'failed', point })], 1);
    const site = [{ name: 'drill', url: 'https://localhost:1', resource: DRILL_HSM }];
    for (const environment of [{}, { WARDEN_DRILL_HSMS: JSON.stringify(site) }]) {
      const { code, stdout } = await world.run(['status'], { environment });
      expect(stdout).toContain('contoso  AT RISK');
      expect(stdout).toContain('! orders: its recovery point did not bring it back in a drill');
      expect(stdout).toContain('-> hsm-warden drill show orders --hsm contoso');
      expect(stdout).toContain('Not every key is safe.');
      expect(code).toBe(1);
      expect(await json(environment)).toMatchObject({
        safe: false,
        verdict: 'at-risk',
        hsms: [{ verdict: 'at-risk', risks: [{ key: 'orders', risk: 'drill-failed' }] }],
        drills: { contoso: { failed: ['orders'] } },
      });
    }
    await fileResults(world.state, 'contoso', [aDrillResult('orders', { point })], 2);
    expect(await json()).toMatchObject({ safe: true });
  });

  it('shows a key as LOST that was purged without a backup, however well the others are', async () => {
    await remember({ purges: { billing: { ...NOTED, lost: 'key' }, sales: { ...NOTED, excluded: true } } });
    const { code, stdout } = await world.run(['status']);
    expect(stdout).toContain('contoso  LOST');
    expect(stdout).toContain('LOST billing: it was purged, and no backup brings it back');
    expect(stdout).not.toContain('sales');
    expect(stdout).toContain('1 key LOST. Not every key is safe.');
    expect(code).toBe(1);
    expect(await json()).toMatchObject({ safe: false, hsms: [{ lost: [{ key: 'billing', lost: 'key' }] }] });
  });

  it('shows a purged key as LOST whose backup went after the purge, before and after a scan has noted it', async () => {
    for (const noted of [NOTED, { ...NOTED, backupGoneSince: NOTED.at + 1 }]) {
      await remember({ purges: { billing: noted } });
      const { code, stdout } = await world.run(['status']);
      expect(stdout).toContain('LOST billing: it was purged, and no backup brings it back');
      expect(code).toBe(1);
    }
  });

  it('calls a loss acknowledged, by whom and why, once the audit log says so', async () => {
    const purges = { billing: { ...NOTED, lost: 'key' as const } };
    await remember({ purges });
    const [finding] = lostFindings({ hsm: 'contoso', purges });
    if (finding === undefined) throw new Error('expected a finding');
    const audit = new ChainedAuditLog(world.auditStore, new MemoryAuditAnchor(), systemClock);
    await audit.note(acknowledgementEvent(finding, person('bob'), 'a test key'));
    const { code, stdout } = await world.run(['status']);
    expect(stdout).toMatch(/lost, acknowledged by .*: billing, no backup brings it back; a test key/);
    expect(stdout).not.toContain('LOST');
    expect(code).toBe(0);
    expect(await json()).toMatchObject({
      safe: true,
      hsms: [{ lost: [], acknowledged: [{ key: 'billing' }] }],
    });
    expect((await world.run(['watch'])).stdout).toContain('lost, acknowledged by');
  });

  it('shows what is lost in the watch, too, and stays LOST where the audit log cannot be read', async () => {
    await remember({ purges: { billing: { ...NOTED, at: 5, lost: 'key' } } });
    const environment = {
      WARDEN_AUTH_TENANT: '11111111-2222-4333-8444-555555555555',
      WARDEN_AUTH_AUDIENCE: 'api://11111111-2222-4333-8444-555555555555',
      WARDEN_AUDIT_CONTAINER: 'nowhere',
    };
    const { code, stdout, stderr } = await world.run(['status'], { environment });
    expect(`${stdout}${stderr}`).toContain('LOST billing');
    expect(stdout).toContain('Whether the losses were acknowledged is not known');
    expect(code).toBe(1);
    const watched = JSON.parse((await world.run(['watch', '-o', 'json'])).stdout);
    expect(watched).toMatchObject({ lost: [{ hsm: 'contoso', key: 'billing' }], acknowledged: [] });
  });

  it('shows a deleted key as LOST that is gone before any scan has noticed it', async () => {
    const deleted = { state: 'deleted', createdAt: 1, deletedAt: 2, scheduledPurgeAt: 3, told: [], uses: [] };
    await remember({ keys: { billing: deleted } });
    expect((await world.run(['status'])).stdout).toContain('LOST billing');
  });

  it.each([
    ['holds nothing', 'warden-audit', 1, 'is not in the store'],
    ['is not there', 'nowhere', 2, 'CANNOT TELL: what is stored about contoso could not be read (404)'],
  ])('is not safe when the container of the backups %s', async (_case, container, code, words) => {
    const environment = { WARDEN_BACKUP_CONTAINER: container };
    const ran = await world.run(['status'], { environment });
    expect(ran.stdout).toContain(words);
    expect(ran.code).toBe(code);
    expect(await json(environment)).toMatchObject({ safe: false });
  });

  it('shows the requests that wait, who asked and until when, in place of another', async () => {
    const id = `ttgh${'0'.repeat(22)}`;
    const expiresAt = Date.now() + 3_600_000 * 5;
    const record = { ...aRequest({ operation: anOperation({ key: 'orders' }) }), id, expiresAt };
    await world.state.write({ kind: 'recovery', id }, JSON.stringify(record), 'absent');
    await (await world.client().beginDeleteKey('orders')).pollUntilDone();
    const { code, stdout } = await world.run(['status']);
    expect(stdout).toMatch(
      /waiting {2}recover key orders of contoso, requested by .*: 0 of \d approvals, ends in 4 h 59 min/,
    );
    expect(stdout).toMatch(/deleted: orders, purged in 6 d 23 h/);
    expect(stdout).toContain(`-> hsm-warden recovery show ${id} --as alice --emulator`);
    expect(stdout).not.toContain('recovery request --hsm');
    expect(stdout).toContain(
      'Every key is safe (not sealed), but 1 key is soft-deleted and can be recovered.',
    );
    expect(code).toBe(0);
  });

  it('proposes how to recover a deleted key where nobody has asked', async () => {
    await (await world.client().beginDeleteKey('payments')).pollUntilDone();
    const { stdout } = await world.run(['status']);
    expect(stdout).toContain('-> hsm-warden key recover --hsm-name contoso --name payments --emulator');
  });
});
