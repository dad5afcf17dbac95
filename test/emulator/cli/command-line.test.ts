// The command line: what it accepts, what it refuses and how it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readCommandLine } from '../../../src/emulator/cli-options.ts';
import { startEmulator } from '../../../src/emulator/start-emulator.ts';
import { API, raw } from '../support/emulator.ts';

const MAIN = new URL('../../../src/emulator/main.ts', import.meta.url).pathname;
const FirstLine = z.looseObject({ url: z.string(), caFile: z.string(), token: z.string() });
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('options', () => {
  test('all of them', async () => {
    const file = join(folder, 'domain');
    await writeFile(file, 'secret from a file\n');
    const args = [
      '--port',
      '8443',
      '--retention-days',
      '7',
      '--json',
      '--name',
      'fabrikam',
      '--purge-protection',
      '--limits',
      'off',
      '--latency',
      'real',
      '--seed-keys',
      '5',
      '--state',
      'd',
      '--ca-dir',
      'c',
      '--security-domain',
      file,
    ];
    expect(readCommandLine(args)).toEqual({
      json: true,
      options: {
        port: 8443,
        retentionDays: 7,
        name: 'fabrikam',
        purgeProtection: true,
        limits: 'off',
        latency: 'real',
        seedKeys: 5,
        stateDir: 'd',
        caDir: 'c',
        securityDomain: 'secret from a file',
      },
    });
  });

  test('a security domain that is no file is the text itself', () => {
    expect(readCommandLine(['--security-domain', 'shared words'])).toMatchObject({
      options: { securityDomain: 'shared words' },
    });
  });

  test.each([
    ['--retention-days', '6'],
    ['--retention-days', '91'],
    ['--port', '65536'],
    ['--port', '-1'],
    ['--limits', 'some'],
    ['--seed-keys', 'many'],
    ['--tenant', 'contoso'],
    ['--unknown', 'x'],
    ['--subscription', 'mine'],
    ['--resource-group', 'ends.with.'],
    ['--location', 'West Europe'],
    ['--seed-keys', '20001'],
    ['--name', 'x'],
  ])('%s %s is refused by name', (option, value) => {
    expect(() => readCommandLine([`${option}=${value}`])).toThrow(option);
  });

  test('all problems are named together', () => {
    expect(() => readCommandLine(['--port=x', '--retention-days=1'])).toThrow(
      /--port[\s\S]*--retention-days/,
    );
  });
});

describe('the process', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'prints its first line and ends with code 0 on %s',
    async (signal) => {
      const child = spawn(
        process.execPath,
        [MAIN, '--port', '0', '--retention-days', '7', '--json', '--seed-keys', '30'],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const [line] = await once(createInterface({ input: child.stdout }), 'line');
      const { url, caFile, token } = FirstLine.parse(JSON.parse(String(line)));
      const { json } = await raw(
        { url, token, caPem: await readFile(caFile, 'utf8') },
        'GET',
        `/keys?${API}`,
      );
      expect(json).toMatchObject({ nextLink: expect.any(String) });
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([0, null]);
    },
  );

  test('ends with the npm that started it, which passes no SIGTERM on', async () => {
    const npm = spawn('npm', ['run', '--silent', 'emulator', '--', '--port', '0', '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(createInterface({ input: npm.stdout }), 'line');
    // The pipe is closed when all have ended who could write to it: npm, its shell and the emulator.
    const ended = once(npm.stdout, 'close');
    npm.kill('SIGTERM');
    await ended;
  });

  test('has its state folder alone: a second one is refused, until the first has ended', async () => {
    const args = [MAIN, '--port', '0', '--json', '--state', join(folder, 'alone')];
    const first = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(createInterface({ input: first.stdout }), 'line');

    const second = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const text: string[] = [];
    second.stderr.on('data', (part: Buffer) => text.push(part.toString()));
    expect(await once(second, 'close')).toEqual([2, null]);
    expect(text.join('')).toContain(`process ${first.pid} runs in`);

    first.kill('SIGKILL');
    await once(first, 'exit');
    const third = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(createInterface({ input: third.stdout }), 'line');
    third.kill('SIGTERM');
    expect(await once(third, 'exit')).toEqual([0, null]);
  });

  test('ends with code 2 and the usage for a bad option', async () => {
    const child = spawn(process.execPath, [MAIN, '--retention-days', '5'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const text: string[] = [];
    child.stderr.on('data', (part: Buffer) => text.push(part.toString()));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(text.join('')).toMatch(/--retention-days[\s\S]*usage/);
  });
});

describe('starting', () => {
  test('on a port that is taken fails and leaves nothing behind', async () => {
    const first = await startEmulator({ stateDir: join(folder, 'first') });
    const port = Number(new URL(first.url).port);
    await expect(startEmulator({ port, stateDir: join(folder, 'second') })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await first.close();
  });

  test.each([
    ['another retention', { retentionDays: 8 }, false],
    ['another security domain', { securityDomain: 'another' }, false],
    ['the same retention', { retentionDays: 7 }, true],
    ['nothing said', {}, true],
  ])('a stored pool with %s: allowed %s', async (name, options, allowed) => {
    const stateDir = join(folder, name.replaceAll(' ', '-'));
    await (await startEmulator({ stateDir, retentionDays: 7 })).close();
    const again = startEmulator({ stateDir, ...options });
    if (allowed) await (await again).close();
    else await expect(again).rejects.toThrow('cannot be changed');
  });

  test("two at the same time with one folder for the authority trust each other's tokens", async () => {
    const caDir = join(folder, 'shared');
    const [one, two] = await Promise.all([
      startEmulator({ caDir, name: 'one-hsm' }),
      startEmulator({ caDir, name: 'two-hsm' }),
    ]);
    expect(one.caPem).toBe(two.caPem);
    expect(await raw({ ...two, token: one.token }, 'GET', `/keys?${API}`)).toMatchObject({ status: 200 });
    await Promise.all([one.close(), two.close()]);
  });
});
