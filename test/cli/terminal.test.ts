import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { keyAddress } from '../../src/cli/connect/address.ts';
import { CLOUD_NAMES, CLOUDS } from '../../src/cli/connect/clouds.ts';
import type { Connection } from '../../src/cli/connect/connection.ts';
import { duration } from '../../src/cli/frame/duration.ts';
import { startProgress } from '../../src/cli/frame/progress.ts';
import { paintFor } from '../../src/cli/frame/style.ts';
import { renderTable } from '../../src/cli/frame/table.ts';

const MAIN = new URL('../../src/cli/main.ts', import.meta.url).pathname;

function start(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  return { child, errors: text(child.stderr), exit: once(child, 'exit') };
}

describe('the process', () => {
  it('answers on standard output and ends with the exit code', async () => {
    const { child, exit } = start('--version');
    const [said, [code]] = await Promise.all([text(child.stdout), exit]);
    expect([said, code]).toEqual(['0.2.0\n', 0]);
  });

  it('runs an emulator until Ctrl-C, and leaves nothing behind', { timeout: 60_000 }, async () => {
    const { child, exit } = start('emulator', '--name', 'fabrikam');
    const [line] = await once(child.stdout, 'data');
    const { url, name } = JSON.parse(String(line));
    expect(name).toBe('fabrikam');
    child.kill('SIGINT');
    const [code] = await exit;
    expect(code).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('ends quietly when its reader has seen enough', async () => {
    const { child, errors, exit } = start('--help');
    child.stdout.destroy();
    await exit;
    expect(await errors).toBe('');
  });
});

describe('colours', () => {
  const sink = (isTTY: boolean) => ({ isTTY, write: () => undefined });
  it.each([
    ['on a terminal', true, {}, true],
    ['in a pipe', false, {}, false],
    ['with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['on a dumb terminal', true, { TERM: 'dumb' }, false],
  ])('%s', (_case, isTTY, environment, coloured) => {
    const painted = paintFor({ environment }, sink(isTTY))('red', 'word');
    expect(painted !== 'word').toBe(coloured);
  });
});

describe('progress', () => {
  it.each([
    ['shows on a terminal', true],
    ['is silent in a pipe', false],
  ])('%s', (_case, isTTY) => {
    let said = '';
    const context = {
      quiet: false,
      stderr: {
        isTTY,
        write: (part: string) => {
          said += part;
        },
      },
      clock: { now: () => 0, sleep: async () => undefined },
    };
    const progress = startProgress(context, 'Keys');
    progress.update(3, 3);
    progress.close();
    expect(said.includes('Keys: 3 of 3')).toBe(isTTY);
  });
});

describe('names of others', () => {
  it('cannot steer the terminal', () => {
    const table = renderTable(
      { columns: ['Detail'], rows: [['\u001b[2Jgone\u0007\u009b1m']] },
      { now: 0, utc: false },
    );
    expect(table).toContain('?[2Jgone??1m');
  });
});

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [999, '0 s'],
    [1000, '1 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [86_399_000, '23 h 59 min'],
    [86_400_000 * 12 + 3_600_000 * 4 + 59_000, '12 d 4 h'],
  ])('%i ms are %s', (ms, said) => {
    expect(duration(ms)).toBe(said);
  });
});

describe('addresses', () => {
  const connection = (cloud: Connection['cloud']): Connection => ({
    credential: { getToken: async () => null },
    caPem: undefined,
    cloud,
    world: undefined,
    aheadMs: 0,
    config: undefined,
    environment: {},
    local: false,
  });

  it.each(CLOUD_NAMES.map((name) => [name, CLOUDS[name].suffix] as const))(
    'in %s end with %s',
    (cloud, suffix) => {
      const { url } = keyAddress({ hsmName: 'Contoso', name: 'a' }, connection(cloud));
      expect(url).toBe(`https://contoso.${suffix}`);
    },
  );

  it.each([
    ['/keys/my-key', 'my-key', undefined],
    ['/deletedKeys/my-key', 'my-key', undefined],
    ['/deletedkeys/my-key/', 'my-key', undefined],
    [`/keys/my-key/${'0'.repeat(32)}`, 'my-key', '0'.repeat(32)],
  ])('take the key from a URL that ends with %s', (path, key, version) => {
    const id = `https://contoso.managedhsm.usgovcloudapi.net${path}`;
    const found = keyAddress({ id }, connection('AzureCloud'));
    expect([found.url, found.key, found.version]).toEqual([
      'https://contoso.managedhsm.usgovcloudapi.net',
      key,
      version,
    ]);
  });

  it.each(['/', '/secrets/a', '/keys/', '/keys/a/b', '/keys/a_b'])(
    'find no key in a URL that ends with %s',
    (path) => {
      const id = `https://contoso.managedhsm.azure.net${path}`;
      expect(() => keyAddress({ id }, connection('AzureCloud'))).toThrow('does not name a key');
    },
  );
});
