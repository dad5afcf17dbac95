import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { BlobDocumentStore } from '../../src/adapters/blob/blob-document-store.ts';
import { createBlobService } from '../../src/adapters/blob/clients.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { readWorldFile, WorldCredential } from '../../src/cli/connect/world-file.ts';
import { RESERVED_FOLDERS } from '../../src/core/model/names.ts';
import { readCatalogue } from '../../src/features/recovery-points/catalogue.ts';
import { connectionStringOf, startAzurite } from '../../src/local/azurite.ts';
import { AT_ONCE_MS } from '../support/at-once.ts';
import { all } from '../support/pieces.ts';

const ROOT = resolve('.');
const Summary = z.object({
  safe: z.boolean(),
  hsms: z.array(
    z.object({
      name: z.string(),
      keys: z.number(),
      backedUp: z.number(),
      unchanged: z.number(),
      failed: z.number(),
      seconds: z.number(),
    }),
  ),
});

let folder = '';

// A folder of its own, in which `.warden/` comes to be.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warden-start-'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** What `npm start -- …args` runs. */
function start(...args: string[]) {
  return startIn(folder, ...args);
}

function startIn(cwd: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'src/local/main.ts'), ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, output: text(child.stdout), errors: text(child.stderr), exit: once(child, 'exit') };
}

function run(...args: string[]) {
  return runIn(folder, ...args);
}

async function runIn(cwd: string, ...args: string[]) {
  const started = startIn(cwd, ...args);
  const [[code], output, errors] = await Promise.all([started.exit, started.output, started.errors]);
  return { code, output, errors };
}

/** The processes that work in a folder, where the system says so. */
async function runningIn(place: string): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const homes = await Promise.all(ids.map((id) => readlink(`/proc/${id}/cwd`).catch(() => '')));
  return ids.filter((_, index) => homes[index] === place);
}

/** The counts in the JSON, both HSMs together. It is all that standard output holds. */
function counts(output: string) {
  const { hsms, safe } = Summary.parse(JSON.parse(output));
  const sum = (count: 'keys' | 'backedUp' | 'unchanged' | 'failed') =>
    hsms.reduce((total, hsm) => total + hsm[count], 0);
  return {
    names: hsms.map(({ name }) => name),
    keys: sum('keys'),
    backedUp: sum('backedUp'),
    unchanged: sum('unchanged'),
    failed: sum('failed'),
    safe,
  };
}

describe('npm start', () => {
  it('--once --json backs up every key, and run again finds them unchanged', {
    timeout: 180_000,
  }, async () => {
    const first = await run('--once', '--json', '--keys', '31');
    const second = await run('--once', '--json', '--keys', '31');

    expect(first.errors).toContain('Every active key has a good backup.');
    expect(first.errors).toContain('recovery points proven by using the restored keys');
    expect(first.errors).toContain('nothing was left in the drill HSM.');
    expect(first.errors).not.toMatch(/^(error|critical|warning) /m);
    expect(counts(first.output)).toEqual({
      names: ['contoso', 'fabrikam'],
      keys: 31,
      backedUp: 31,
      unchanged: 0,
      failed: 0,
      safe: true,
    });
    expect(counts(second.output)).toMatchObject({ keys: 31, backedUp: 0, unchanged: 31, safe: true });
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.errors).not.toContain('\r');
    // The last line of people and `safe` of programs are the verdict of hsm-warden status.
    expect(first.errors.trimEnd().split('\n').at(-1)).toBe('Every key is safe.');
  });

  it('--fresh begins again', { timeout: 120_000 }, async () => {
    await run('--once', '--json', '--keys', '4');
    const again = await run('--once', '--json', '--keys', '4', '--fresh');
    expect(counts(again.output)).toMatchObject({ keys: 4, backedUp: 4 });
  });

  it('stays after the run, says where everything is, and leaves nothing behind on Ctrl-C', {
    timeout: 120_000,
  }, async () => {
    const { child, output, exit } = start('--keys', '4');
    let said = '';
    child.stdout.on('data', (data) => {
      said += String(data);
    });
    await expect.poll(() => said, { timeout: 60_000 }).toContain('Ctrl-C ends everything');
    const [, url = ''] = /app\s+(http:\S+)/.exec(said) ?? [];
    expect((await fetch(`${url}/admin/host/status`)).status).toBe(401);

    child.kill('SIGINT');
    const [code] = await exit;
    expect((await output).trimEnd()).toMatch(/\nStopped; kept under \.warden\/ for the next start\.$/);

    expect(code).toBe(0);
    await expect(fetch(`${url}/admin/host/status`)).rejects.toThrow();
    const blobs = /blobs\s+(https:\/\/[^/]+)/.exec(said)?.[1] ?? '';
    await expect(fetch(blobs)).rejects.toThrow();
  });

  it.each([200, 700, 1_200, 2_000, 3_000])(
    'ends at once on Ctrl-C %i ms after its first words, and leaves no process behind',
    { timeout: 60_000 },
    async (ms) => {
      const { child, exit } = start('--once', '--keys', '6000');
      await once(child.stdout, 'data');
      await delay(ms);

      const interruptedAt = performance.now();
      child.kill('SIGINT');
      const [code] = await exit;

      expect(code).toBe(130);
      // The run itself would take ten minutes.
      expect(performance.now() - interruptedAt).toBeLessThan(AT_ONCE_MS);
      expect(await runningIn(folder)).toEqual([]);
    },
  );

  it('counts the days on its way ahead', { timeout: 120_000 }, async () => {
    const { code, output } = await run('--once', '--keys', '4', '--advance', '60h');

    expect(output.match(/^Day .*$/gm)?.map((line) => line.slice(0, 11))).toEqual([
      'Day 1 of 3:',
      'Day 2 of 3:',
      'Day 3 of 3:',
    ]);
    expect(code).toBe(0);
  });

  it.each(['-h', '--help'])('%s shows how to call it, and does nothing else', async (flag) => {
    const { code, output, errors } = await run(flag);

    expect([code, errors]).toEqual([0, '']);
    expect(output).toMatch(/^usage: npm start/);
  });

  it('says in one line that its folder cannot be written', async () => {
    const place = await mkdtemp(join(tmpdir(), 'warden-start-'));
    onTestFinished(() => rm(place, { recursive: true }));
    await writeFile(join(place, '.warden'), 'a file where a folder should be');

    const { code, errors } = await runIn(place, '--once');

    expect(code).toBe(1);
    expect(errors).toMatch(/^Cannot write \.warden\/world: [^\n]+\(ENOTDIR\)\.\n$/);
  });

  it('says in one line what is wrong with a setting, and that it ends for that', async () => {
    vi.stubEnv('WARDEN_PACE', '99');
    onTestFinished(() => void vi.unstubAllEnvs());

    const { code, errors } = await run('--once', '--keys', '4');

    expect(code).toBe(1);
    expect(errors).toMatch(
      /^[^\n]*WARDEN_PACE: found[^\n]*\nThe settings of functions\/main.ts are not valid[^\n]*\n$/,
    );
  });

  it('says in one line that the disk is full', async () => {
    const place = await mkdtemp(join(tmpdir(), 'warden-start-'));
    onTestFinished(() => rm(place, { recursive: true }));
    await mkdir(join(place, '.warden', 'world', 'azurite'), { recursive: true });
    // What is written there fails as on a full disk.
    await symlink('/dev/full', join(place, '.warden', 'world', 'azurite', 'server.pem'));

    const { code, errors } = await runIn(place, '--once');

    expect(code).toBe(1);
    expect(errors).toMatch(/^Cannot write [^\n]+no space left[^\n]+\(ENOSPC\)\.\n$/);
    expect(await runningIn(place)).toEqual([]);
  });

  it('ends soon and whole on Ctrl-C in the middle of its run', { timeout: 120_000 }, async () => {
    const { child, output, exit } = start('--once', '--keys', '2000');
    let said = '';
    child.stdout.on('data', (data) => {
      said += String(data);
    });
    await expect.poll(() => said, { timeout: 60_000 }).toContain('Backing up 2000 keys');

    const interruptedAt = performance.now();
    child.kill('SIGINT');
    const [code] = await exit;
    await output;

    expect(code).toBe(130);
    // The run itself would take two minutes.
    expect(performance.now() - interruptedAt).toBeLessThan(AT_ONCE_MS);
  });

  it('notes on Ctrl-C the backups that it has made, but for some under way at that moment', {
    timeout: 120_000,
  }, async () => {
    const { child, errors, exit } = start('--once', '--keys', '500');
    const world = join(folder, '.warden', 'world-500-keys');
    const stored = async () => {
      const place = await readWorldFile({ HSM_WARDEN_WORLD: join(world, 'local.json') });
      const { blobUrl, queueUrl, caFile } = place;
      const access = { blobUrl, queueUrl, caPem: await readFile(caFile, 'utf8') };
      const service = createBlobService({
        kind: 'identity',
        ...access,
        credential: new WorldCredential(place),
      });
      return (await all(service.getContainerClient('key-backups').listBlobsFlat())).length;
    };
    await expect.poll(() => stored().catch(() => 0), { timeout: 60_000 }).toBeGreaterThan(40);

    child.kill('SIGINT');
    await exit;

    expect(await errors).toBe('Stopped; the next start goes on from here.\n');
    const azurite = await startAzurite({ folder: join(world, 'azurite'), blobPort: 0, queuePort: 0 });
    try {
      const service = createBlobService({
        kind: 'connection-string',
        connectionString: connectionStringOf(azurite),
      });
      const backups = await all(service.getContainerClient('key-backups').listBlobsFlat());
      const state = new BlobDocumentStore({
        container: service.getContainerClient('warden-state'),
        clock: systemClock,
      });
      const known = [await readCatalogue(state, 'contoso'), await readCatalogue(state, 'fabrikam')];
      const noted = known.flatMap(({ keys }) => Object.values(keys)).map(({ blob }) => blob);
      const names = new Set(
        backups.map(({ name }) => name).filter((name) => !name.startsWith(`${RESERVED_FOLDERS.publicKeys}/`)),
      );
      expect(noted.every((blob) => names.has(blob))).toBe(true);
      // Eight keys of each HSM are under way at the same time; what became of them is found by whoever goes on with the run.
      expect(noted.length).toBeGreaterThanOrEqual(names.size - 16);
    } finally {
      await azurite.close();
    }
  });

  it.each([
    ['an unknown argument', ['--onse'], 'onse'],
    ['no number of keys', ['--keys', 'many'], '--keys'],
    ['too few keys', ['--keys', '0'], '--keys'],
    ['more keys than two HSMs hold', ['--keys', '10001'], '--keys'],
  ])('refuses %s and shows how to call it', async (_case, args, named) => {
    const { code, errors } = await run(...args);
    expect(code).toBe(2);
    expect(errors).toContain(named);
    expect(errors).toContain('usage:');
  });
});
