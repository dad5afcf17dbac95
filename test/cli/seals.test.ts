/** The command line where seals are configured: what it believes, what it says of the rest, and how the keys are kept. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { Emulator } from '../../src/emulator/start-emulator.ts';
import { acknowledgementEvent } from '../../src/features/audit/acknowledgements.ts';
import { ChainedAuditLog } from '../../src/features/audit/audit-log.ts';
import { lostFindings } from '../../src/features/watch/model/lost-findings.ts';
import { updateWatchState } from '../../src/features/watch/model/watch-state.ts';
import { sealSettings, startSealingVault } from '../../src/local/world/sealing-vault.ts';
import { MemoryAuditAnchor } from '../support/memory/memory-audit-store.ts';
import { person } from '../support/recovery-builders.ts';
import { CliWorld } from './support/cli-world.ts';

const Exported = z.object({
  deployment: z.string(),
  keys: z.array(z.looseObject({ app: z.string(), x: z.string() })),
});
const Backups = z.array(z.object({ key: z.string(), blob: z.string(), seal: z.string() }));

let world: CliWorld;
let vault: Emulator;
let environment: Record<string, string>;
let planted: string;

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso' }]);
  vault = await startSealingVault(world.folder, join(world.folder, 'ca'));
  environment = { ...(await world.with({ seals: sealSettings(vault, 'test') })) };
  for (const key of ['alpha', 'beta']) await world.client().createKey(key, 'EC-HSM');
  const ran = await world.run(['backup', 'run'], { environment });
  expect(ran.stderr).toContain('');
  expect(ran.code).toBe(0);
  // Somebody with the right to write the container puts the backup of beta under the name of alpha.
  const [alpha] = await stored('alpha');
  const [beta] = await stored('beta');
  if (alpha === undefined || beta === undefined) throw new Error('expected backups of both keys');
  const { sha256, bytes } = beta.record;
  const record = { ...alpha.record, sha256, bytes, capturedAt: alpha.record.capturedAt + 1 };
  planted = (await world.backups.put(record, await world.backups.read(beta.blob))).blob;
});
afterAll(async () => {
  await vault?.close();
  await world?.close();
});

async function stored(key: string) {
  const found = [];
  for await (const page of world.backups.list('contoso', key)) found.push(...page);
  return found;
}

const run = (...args: readonly string[]) => world.run(args, { environment });

describe('with pinned sealing keys', () => {
  it('backup list shows the planted blob, and why it is no recovery point', async () => {
    const ran = await run('backup', 'list', '--all', '-o', 'json');

    const seals = new Map(Backups.parse(JSON.parse(ran.stdout)).map(({ blob, seal }) => [blob, seal]));
    expect(seals.get(planted)).toBe('does not count: it was not made for these facts');
    seals.delete(planted);
    expect([...seals.values()]).toEqual(['good', 'good']);
  });

  it('status is safe, without a word of doubt, and counts what is no recovery point', async () => {
    const ran = await run('status');

    expect(ran.stdout).toContain('Every key is safe.');
    expect(ran.stdout).toContain('1 blob(s) in the store have no good seal and are no recovery points');
    expect(JSON.parse((await run('status', '-o', 'json')).stdout)).toMatchObject({
      safe: true,
      sealed: true,
    });
  });

  it('status and watch take a loss for acknowledged by a sealed decision only', async () => {
    const purges = { billing: { at: 1_000, awaitsRecord: false, records: [], lost: 'key' as const } };
    await updateWatchState(world.state, 'contoso', (state) => ({ ...state, purges }));
    const [finding] = lostFindings({ hsm: 'contoso', purges });
    if (finding === undefined) throw new Error('expected a finding');
    const audit = new ChainedAuditLog(world.auditStore, new MemoryAuditAnchor(), systemClock);
    await audit.note(acknowledgementEvent(finding, person('mallory'), 'made up'));

    for (const command of ['status', 'watch']) {
      const ran = await run(command);
      expect(ran.stdout).toContain('LOST');
      expect(ran.stdout).not.toContain('acknowledged by');
    }
    await updateWatchState(world.state, 'contoso', (state) => ({ ...state, purges: {} }));
  });

  it('rebuild believes sealed backups only, and counts the others', async () => {
    const ran = await run('backup', 'rebuild', '-o', 'json');

    expect(JSON.parse(ran.stdout)).toMatchObject([{ keys: 2, backups: 2, unproven: 1 }]);
  });

  it('restore-all uses the sealed backup, although the planted one is younger', async () => {
    const ran = await run(
      'backup',
      'restore-all',
      '--from',
      'contoso',
      '--hsm-name',
      'contoso',
      '--dry-run',
      '-o',
      'json',
    );

    const blobs = JSON.parse(ran.stdout).keys.map(({ blob, evidence }: Record<string, string>) => [
      blob,
      evidence,
    ]);
    expect(blobs).toHaveLength(2);
    expect(blobs.flat()).not.toContain(planted);
    expect(blobs.map(([, evidence]: string[]) => evidence)).toEqual(['sealed', 'sealed']);
  });

  it('restore-all with --accept-unsealed still prefers the sealed one', async () => {
    const args = [
      '--from',
      'contoso',
      '--hsm-name',
      'contoso',
      '--dry-run',
      '--accept-unsealed',
      '-o',
      'json',
    ];
    const ran = await run('backup', 'restore-all', ...args);

    expect(ran.stdout).not.toContain(planted);
  });
});

describe('with pinned keys that sealed nothing here', () => {
  const strangers = async () => {
    const pins = Exported.parse(JSON.parse((await run('seal', 'export')).stdout));
    const seals = {
      ...sealSettings(vault, 'test'),
      publicKeys: JSON.stringify({ ...pins, deployment: 'other' }),
    };
    return { environment: { ...(await world.with({ seals })) } };
  };
  const args = ['backup', 'restore-all', '--from', 'contoso', '--hsm-name', 'contoso'];

  it('restore-all finds nothing to restore, and names the way out', async () => {
    const ran = await world.run([...args, '--dry-run'], await strangers());

    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain('There are no such sealed backups of HSM contoso.');
    expect(ran.stderr).toContain('--accept-unsealed');
  });

  it('restore-all with --accept-unsealed goes on and marks every key unproven', async () => {
    const report = join(world.folder, 'unproven.json');

    const ran = await world.run([...args, '--accept-unsealed', '--report', report], await strangers());

    expect(ran.stdout).toContain('UNPROVEN, by backups without a good seal');
    const { keys } = JSON.parse(await readFile(report, 'utf8'));
    expect(keys.map(({ evidence }: Record<string, string>) => evidence)).toEqual(['unproven', 'unproven']);
  });
});

describe('doctor', () => {
  const sealFindings = async (settings: Record<string, string>) => {
    const ran = await world.run(['doctor', '-o', 'json'], { environment: settings });
    const all = z.array(z.looseObject({ check: z.string() })).parse(JSON.parse(ran.stdout));
    return all.filter(({ check }) => check === 'seals');
  };

  it('counts the pinned keys that it could have', async () => {
    expect(await sealFindings(environment)).toMatchObject([{ result: 'ok', detail: '3 public keys count' }]);
  });

  it('warns where nothing is sealed', async () => {
    expect(await sealFindings({})).toMatchObject([{ result: 'warn', subject: 'none' }]);
  });
});

describe('the sealing keys', () => {
  it('are shown with the app that seals with each', async () => {
    const ran = await run('seal', 'show');

    expect(ran.stdout).toMatch(/backup\s+[\w-]{43}\s+always/);
    expect(ran.stdout).toMatch(/recovery\s+[\w-]{43}\s+always/);
    expect(ran.stdout).toContain('Seals name this deployment test.');
  });

  it('are exported as the settings that pin them', async () => {
    const exported = JSON.parse((await run('seal', 'export')).stdout);

    expect(exported).toEqual(JSON.parse(sealSettings(vault, 'test').publicKeys));
  });

  it('get a new version by seal rotate, beside which the former stays pinned', async () => {
    const { keyUrl, publicKeys } = sealSettings(vault, 'test');

    const ran = await run('seal', 'rotate', '--app', 'backup', '--key', keyUrl.backup);

    const settings = JSON.parse(ran.stdout);
    expect(settings.WARDEN_SEAL_KEY_URL).toBe(sealSettings(vault, 'test').keyUrl.backup);
    expect(settings.WARDEN_SEAL_KEY_URL).not.toBe(keyUrl.backup);
    const { keys } = Exported.parse(JSON.parse(settings.WARDEN_SEAL_PUBLIC_KEYS));
    expect(keys.slice(0, 3)).toEqual(JSON.parse(publicKeys).keys);
    expect(keys).toHaveLength(4);
  });

  it('are nothing to show where the settings pin none', async () => {
    const ran = await world.run(['seal', 'show']);

    expect(ran.stderr).toContain('The settings pin no sealing key: nothing is sealed.');
  });
});
