/** `hsm list`, `show`, and what the other commands make of an HSM that people added, over a fleet of which the settings name one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { ChainedAuditLog } from '../../src/features/audit/audit-log.ts';
import { decisionEvent } from '../../src/features/fleet/decisions.ts';
import { type KnownHsm, sealedFleet } from '../../src/features/fleet/model/fleet-document.ts';
import { MemoryAuditAnchor } from '../support/memory/memory-audit-store.ts';
import { MemorySealer } from '../support/memory/memory-sealer.ts';
import { person } from '../support/recovery-builders.ts';
import { CliWorld } from './support/cli-world.ts';

const SUBSCRIPTION = '00000000-0000-4000-8000-000000000001';
const backup = new MemorySealer(systemClock);
const recovery = new MemorySealer(systemClock, 'recovery');
const anchor = new MemoryAuditAnchor();
let world: CliWorld;
let environment: Record<string, string>;

beforeAll(async () => {
  // The settings name the first alone.
  world = await CliWorld.start([{ name: 'contoso' }, { name: 'fabrikam' }], (all) => all.slice(0, 1));
  const pins = { deployment: 'test', keys: [backup.pin, recovery.pin] };
  for (const sealer of [backup, recovery]) sealer.usePins(pins);
  const keyUrl = `${world.hsm().url}/keys/seal/${'0'.repeat(32)}`;
  const seals = {
    publicKeys: JSON.stringify(pins),
    keyUrl: { backup: keyUrl, recovery: keyUrl, drill: keyUrl },
  };
  environment = await world.with({ seals, discovery: { scopes: SUBSCRIPTION, url: 'https://127.0.0.1:1' } });
});

afterAll(async () => {
  await world?.close();
});

function resourceOf(name: string): string {
  return `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/managedHSMs/${name}`;
}

/** The object id of an identity. */
function identityOf(place: number): string {
  return `00000000-0000-4000-8000-00000000000${place}`;
}

/** What a discovery wrote a moment ago. */
async function discovered(change: Partial<KnownHsm> = {}): Promise<void> {
  const now = Date.now();
  const hsms = ['contoso', 'fabrikam'].map((name, place) => ({
    ...{ name, resource: resourceOf(name), url: world.hsm(place).url, firstSeenAt: now, lastSeenAt: now },
    ...(name === 'fabrikam' ? { role: 'works' as const, ...change } : {}),
  }));
  const fleet = { format: 1 as const, since: now, discoveredAt: now, hsms };
  const seal = await backup.seal('discovery', sealedFleet(fleet));
  const before = await world.state.read({ kind: 'fleet' });
  const guard = before === undefined ? 'absent' : { etag: before.etag };
  await world.state.write({ kind: 'fleet' }, JSON.stringify({ ...fleet, seal }), guard);
}

/** A decision as the recovery app notes it. */
async function decide(kind: 'added' | 'excluded'): Promise<void> {
  const audit = new ChainedAuditLog(world.auditStore, anchor, systemClock, recovery.decisions);
  const hsm = { name: 'fabrikam', resource: resourceOf('fabrikam') };
  const address = kind === 'added' ? world.hsm(1).url : undefined;
  await audit.decide(decisionEvent(kind, hsm, person('bob'), 'ticket 4711', address));
}

const run = (...args: readonly string[]) => world.run(args, { environment });

// In the order of a fleet's life: each test goes on where the one before stopped.
describe('hsm list and show', () => {
  it('say that nothing is known before the first discovery', async () => {
    const ran = await run('hsm', 'list');

    expect(ran.stdout).toContain('contoso');
    expect(`${ran.stdout}${ran.stderr}`).toContain('CANNOT TELL: No discovery has ended yet.');
    expect(ran.code).toBe(2);
  });

  it('show what was found, with the commands that protect it', async () => {
    await discovered({ role: 'missing', why: 'It answered 403.' });
    const listed = await run('hsm', 'list', '-o', 'json');
    const shown = await run('hsm', 'show', 'FABRIKAM');

    expect(JSON.parse(listed.stdout)).toMatchObject([
      { name: 'contoso', state: 'protected' },
      { name: 'fabrikam', state: 'not-onboarded', why: 'It answered 403.' },
    ]);
    expect(shown.stdout).toContain('hsm-warden hsm add fabrikam');
    expect([listed.code, shown.code]).toEqual([0, 0]);
  });

  it('do not know an HSM that nobody found', async () => {
    expect(await run('hsm', 'show', 'other')).toMatchObject({ code: 2, stdout: '' });
  });

  it('say who excluded one, and why', async () => {
    await discovered();
    await decide('excluded');

    expect((await run('hsm', 'show', 'fabrikam')).stdout).toMatch(/excluded by +bob[\s\S]*ticket 4711/);
  });
});

describe('an HSM that people added', () => {
  it('is protected, and every command about all HSMs knows it', async () => {
    const before = await run('status', '-o', 'json');
    await decide('added');
    const listed = await run('hsm', 'list', '-o', 'json');
    const after = await run('status', '-o', 'json');

    expect(JSON.parse(listed.stdout)).toMatchObject([
      { name: 'contoso' },
      { name: 'fabrikam', state: 'protected', added: { by: 'bob@contoso.test', reason: 'ticket 4711' } },
    ]);
    expect(JSON.parse(before.stdout)).toMatchObject({ hsms: [{ hsm: 'contoso' }] });
    expect(JSON.parse(after.stdout)).toMatchObject({ hsms: [{ hsm: 'contoso' }, { hsm: 'fabrikam' }] });
  });

  it('is no part of a verdict that nobody could make: status is not safe where the decisions cannot be read', async () => {
    const unread = { ...environment, WARDEN_AUDIT_CONTAINER: 'nowhere' };
    const ran = await world.run(['status', '-o', 'json'], { environment: unread });

    expect(JSON.parse(ran.stdout)).toMatchObject({ safe: false });
    expect(ran.stderr).toContain('CANNOT TELL: the HSMs that were added could not be read');
    expect(ran.code).not.toBe(0);
  });

  it('is named by roles --all as one that may be missing where the decisions cannot be read, and the others are done', async () => {
    const unread = { ...environment, WARDEN_AUDIT_CONTAINER: 'nowhere' };
    const principals = ['--backup-principal', identityOf(1), '--recovery-principal', identityOf(2)];
    const ran = await world.run(['roles', 'plan', '--all', ...principals, '-o', 'json'], {
      environment: unread,
    });

    expect(JSON.parse(ran.stdout)).toMatchObject([{ hsm: 'contoso' }]);
    expect(ran.stderr).toContain('CANNOT TELL: which HSMs people added could not be read');
    expect(ran.stderr).toContain('it may be: fabrikam');
    expect(ran.code).toBe(1);
  });

  it('is examined by doctor, and missed by name where the decisions cannot be read', async () => {
    const unread = { ...environment, WARDEN_AUDIT_CONTAINER: 'nowhere' };
    const read = await run('doctor', '-o', 'json');
    const ran = await world.run(['doctor', '-o', 'json'], { environment: unread });

    expect(read.stdout).toContain(world.hsm(1).url);
    expect(ran.stdout).toContain('it may be: fabrikam');
    expect(ran.code).toBe(1);
  });

  it('is shown with who added it, when, why, and by which line of the audit log', async () => {
    const { stdout } = await run('hsm', 'show', 'fabrikam');

    expect(stdout).toMatch(/added by +bob@contoso\.test/);
    expect(stdout).toMatch(/reason +ticket 4711/);
    expect(stdout).toMatch(/line of the audit log +\d+/);
    expect(stdout).toMatch(/decided +\S+/);
  });

  it.each(['backup runs', 'backup list', 'status'])(
    'holds up no %s of one HSM of the settings where the decisions cannot be read',
    async (command) => {
      const unread = { ...environment, WARDEN_AUDIT_CONTAINER: 'nowhere' };
      const args = [...command.split(' '), '--hsm', 'contoso', '-o', 'json'];
      const ran = await world.run(args, { environment: unread });

      expect(ran.stderr).not.toContain('HSMs that were added');
      expect(JSON.parse(ran.stdout)).toBeDefined();
    },
  );
});
