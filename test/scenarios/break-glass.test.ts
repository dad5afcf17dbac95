import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AimdPacer } from '../../src/adapters/pacing/aimd-pacer.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { EVERY_KEY } from '../../src/core/model/selection.ts';
import { DEFAULT_RETRY } from '../../src/core/retry.ts';
import { Serializer } from '../../src/core/serializer.ts';
import { sweep } from '../../src/features/backup/sweep.ts';
import { CliWorld } from '../cli/support/cli-world.ts';
import { keyServiceOn } from '../support/emulator-world.ts';
import { MemoryDocumentStore } from '../support/memory/memory-document-store.ts';
import { MemoryLeases } from '../support/memory/memory-leases.ts';
import { MemoryWorkQueue } from '../support/memory/memory-work-queue.ts';
import { RecordingLogger } from '../support/memory/recording-logger.ts';

const KEYS = 300;
const PACE = 8;

const Report = z.object({
  source: z.string(),
  complete: z.boolean(),
  counts: z.record(z.string(), z.number()),
  pace: z.object({ set: z.number(), reached: z.number() }),
  keys: z.array(
    z.object({
      key: z.string(),
      outcome: z.string(),
      versions: z.number(),
      verified: z.number(),
      sha256: z.string(),
    }),
  ),
});

let world: CliWorld;

/** The lost HSM with its keys and their backups, and a fresh one of the same security domain. No state is left. */
beforeAll(async () => {
  world = await CliWorld.start(
    [
      { name: 'contoso', seedKeys: KEYS },
      { name: 'contoso-new', limits: 'documented' },
      { name: 'stranger', securityDomain: 'another' },
    ],
    (all) => all.filter(({ name }) => name === 'contoso-new'),
  );
  const logger = new RecordingLogger();
  const deps = {
    keys: keyServiceOn(world.hsm()),
    backups: world.backups,
    state: new MemoryDocumentStore(),
    leases: new MemoryLeases(systemClock),
    queue: new MemoryWorkQueue(systemClock),
    pacer: new AimdPacer({ ratePerSecond: 1000, clock: systemClock }),
    clock: systemClock,
    logger,
    saves: new Serializer(),
  };
  const policy = {
    ...{ selection: EVERY_KEY, refreshMs: 86_400_000, schedule: '0 0 2 * * *', pace: 1000, concurrency: 16 },
    ...{ budgetMs: 600_000, checkpointMs: 600_000, retry: DEFAULT_RETRY },
  };
  await sweep(deps, policy, { kind: 'sweep', hsm: 'contoso', runId: 'before' }, new AbortController().signal);
}, 180_000);

afterAll(async () => {
  await world?.close();
});

/** Versions and public keys of every key of an HSM, as it shows them. */
async function everyFact(place: number) {
  const service = keyServiceOn(world.hsm(place));
  const facts: Record<string, unknown> = {};
  for (const name of await names(place)) {
    const versions = await service.listVersions(name);
    facts[name] = await Promise.all(
      versions.map(async ({ version }) => (await service.getKey(name, version)).thumbprint ?? version),
    );
  }
  return facts;
}

async function names(place: number) {
  const found: string[] = [];
  for await (const { name } of world.client(place).listPropertiesOfKeys()) found.push(name);
  return found;
}

const restoreAll = (...more: string[]) =>
  world.run([...'backup restore-all --from contoso --hsm-name contoso-new'.split(' '), ...more]);

describe('break glass: the app is down, the HSM is new, here are the backups', () => {
  it('says first what it would do, and does nothing', async () => {
    const ran = await restoreAll('--dry-run', '-o', 'tsv');
    expect(ran).toMatchObject({ code: 0 });
    expect(
      ran.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')[1]),
    ).toEqual(Array(KEYS).fill('restore'));
    expect(await names(1)).toEqual([]);
  });

  it('restores 300 keys at the set pace, proves each, and writes the report', {
    timeout: 240_000,
  }, async () => {
    const path = join(world.folder, 'report.json');
    const ran = await restoreAll('--pace', String(PACE), '--report', path);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });

    const report = Report.parse(JSON.parse(await readFile(path, 'utf8')));
    expect(report).toMatchObject({ source: 'contoso', complete: true });
    expect(report.counts).toEqual({ restored: KEYS, recovered: 0, present: 0, failed: 0 });
    expect(report.keys.every(({ versions, verified }) => versions > 0 && versions === verified)).toBe(true);
    expect(report.pace.reached).toBeLessThanOrEqual(PACE * 1.05);
    expect(await everyFact(1)).toEqual(await everyFact(0));
    expect(ran.stdout).toContain(`${KEYS} of ${KEYS} keys are on HSM contoso-new, each proven`);
  });

  it('stops at once at an HSM of another security domain, and still writes the report', async () => {
    const path = join(world.folder, 'foreign.json');
    const to = ['--id', world.hsm(2).url, '--report', path];
    const ran = await world.run(['backup', 'restore-all', '--from', 'contoso', ...to]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('backup-foreign');
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      complete: false,
      counts: { restored: 0 },
    });
    expect(await names(2)).toEqual([]);
  });

  it('run again only proves what is there, and brings back what was lost meanwhile', {
    timeout: 120_000,
  }, async () => {
    const [deleted = '', purged = ''] = await names(1);
    const client = world.client(1);
    await client.beginDeleteKey(deleted);
    await client.beginDeleteKey(purged);
    await client.purgeDeletedKey(purged);

    const path = join(world.folder, 'again.json');
    const ran = await restoreAll('--report', path);

    expect(ran).toMatchObject({ code: 0 });
    const { counts } = Report.parse(JSON.parse(await readFile(path, 'utf8')));
    expect(counts).toEqual({ restored: 1, recovered: 1, present: KEYS - 2, failed: 0 });
  });

  it('reports a key that is not the one of the backup, and goes on with the others', {
    timeout: 120_000,
  }, async () => {
    const [impostor = ''] = await names(1);
    const client = world.client(1);
    await client.beginDeleteKey(impostor);
    await client.purgeDeletedKey(impostor);
    await client.createKey(impostor, 'RSA-HSM', { keySize: 2048 });

    const path = join(world.folder, 'impostor.json');
    const ran = await restoreAll('--report', path);

    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain(`${impostor} (recovered-mismatch)`);
    const report = z
      .object({ complete: z.boolean(), counts: z.unknown() })
      .parse(JSON.parse(await readFile(path, 'utf8')));
    expect(report).toMatchObject({ complete: false, counts: { present: KEYS - 1, failed: 1 } });
  });
});
