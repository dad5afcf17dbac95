/** Every command against every way in which what it asks can be ill: what is said first, how it ends, and what it never says. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { EXIT_CODES } from '../../src/cli/frame/exit-codes.ts';
import { WardenError } from '../../src/core/errors.ts';
import { bundleCli } from '../../tools/bundle-cli.ts';
import { startTlsServer, type TlsServer } from '../support/tls-server.ts';
import { run } from './support/cli.ts';
import { ALONE, commandLines, type Places } from './support/command-lines.ts';

interface Illness {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const words = (code: string) => JSON.stringify({ error: { code, message: `The words of ${code}` } });
const ILLNESSES: Readonly<Record<string, Illness>> = {
  '401': { status: 401, body: words('Unauthorized') },
  '403': { status: 403, body: words('Forbidden') },
  '404': { status: 404, body: words('NotFound') },
  '429 with a wait of an hour': { status: 429, headers: { 'retry-after': '3600' }, body: words('TooMany') },
  '503': { status: 503, body: words('Unavailable') },
  garbage: { status: 200, body: '\u0000\u0001 {"value": 7' },
  'a page of a proxy': {
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<html>Sign in</html>',
  },
};
/** What nobody may say who could not see; stacks; and what blames the wrong one. */
const NEVER =
  /fault of hsm-warden itself|\n\s+at .*:\d+:\d+|No key is soft-deleted|Every key is safe|all are good|The audit log is whole/;
/** A token that ends in the year 2100; nobody here looks at more of it. */
const TOKEN = [{ alg: 'none' }, { exp: 4_102_444_800, oid: 'somebody' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat('signature')
  .join('.');
/** Waits for nothing, so that repeated attempts are over at once. */
const impatient = { now: Date.now, sleep: async () => undefined };
const CHALLENGE = {
  'www-authenticate':
    'Bearer authorization="https://login.microsoftonline.com/x", resource="https://managedhsm.azure.net"',
};
const CODES: ReadonlySet<number> = new Set(Object.values(EXIT_CODES).map(({ code }) => code));

let folder = '';
let places: Places;
const servers = new Map<string, TlsServer>();
let silent: Server;
const sockets = new Set<Socket>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warden-every-'));
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  await file('token', TOKEN);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  places = {
    pem: await file('key.pem', String(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
    backup: await file('one.backup', aBackup()),
    missing: join(folder, 'nothing-here'),
    url: '',
  };
  for (const [name, { status, headers = {}, body }] of Object.entries(ILLNESSES)) {
    const server = await startTlsServer((request, response) => {
      request.resume();
      // As a Managed HSM does: whoever brings no token is shown where to get one.
      if (request.headers.authorization === undefined) response.writeHead(401, CHALLENGE).end();
      else response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    });
    await file(`${name}.pem`, server.caPem);
    servers.set(name, server);
  }
  silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  silent?.close();
  for (const server of servers.values()) await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Text that has the form of a key backup: header, no key, IV, one block, tag. */
function aBackup(): string {
  const header = Buffer.from('{"alg":"dir","enc":"A256CBC-HS512","kid":"backup-protection-key"}').toString(
    'base64url',
  );
  const zeros = (bytes: number) => Buffer.alloc(bytes).toString('base64url');
  return [header, '', zeros(16), zeros(64), zeros(32)].join('.');
}

/** The settings of somebody whose HSM, storage, recovery app and Azure are all at `url`. */
function settings(url: string, caFile?: string, tokenFile = join(folder, 'token')) {
  return {
    WARDEN_HSMS: `contoso=${url}`,
    WARDEN_BACKUP_URL: `${url}/account`,
    WARDEN_QUEUE_URL: `${url}/account`,
    WARDEN_ORIGIN: url,
    WARDEN_AUTH_TENANT: '11111111-2222-4333-8444-555555555555',
    WARDEN_AUTH_AUDIENCE: '11111111-2222-4333-8444-555555555555',
    WARDEN_CREDENTIAL: 'token-file',
    WARDEN_TOKEN_FILE: tokenFile,
    WARDEN_DRILL_HSMS: JSON.stringify([{ name: 'drill', url, resource: DRILL }]),
    WARDEN_DISCOVERY_SCOPES: '11111111-2222-4333-8444-555555555555',
    WARDEN_NOTIFY_CHANNELS: '[{"type":"slack","name":"ops"}]',
    WARDEN_NOTIFY_SECRETS: '{"ops":"https://hooks.slack.com/services/T0/B0/x"}',
    ...(caFile === undefined ? {} : { WARDEN_CA_FILE: caFile }),
  };
}

/** The drill HSM in Azure Resource Manager. */
const DRILL =
  '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg/providers/Microsoft.KeyVault/managedHSMs/drill';
const NAMES = COMMANDS.map(({ path }) => path).filter((path) => !ALONE.has(path));
let calls = 0;
const argsOf = (name: string, url: string) => {
  // A file that is to be written is one of its own, for commands run at the same time.
  calls += 1;
  const own = { ...places, url, missing: `${places.missing}-${calls}` };
  const [, args = []] = commandLines(own).find(([path]) => path === name) ?? [];
  // init goes by no settings: its sign-in is an option.
  const way = ['--token-file', join(folder, 'token'), '--ca-file', join(folder, '503.pem')];
  return name === 'init' || name === 'deploy check' ? [...args, ...way] : args;
};

function judge(name: string, { code, stdout, stderr }: { code: number; stdout: string; stderr: string }) {
  const said = `${stdout}${stderr}`;
  expect(said, name).not.toMatch(NEVER);
  expect(said.trim(), name).not.toBe('');
  // A command line that is not understood was not tried: command-lines.ts says how it is called.
  expect(said, name).not.toMatch(
    /error \(usage\): (?!There is no |.*could not be read)|error: (unknown|missing|required)/,
  );
  expect(CODES, name).toContain(code);
}

describe.each(Object.keys(ILLNESSES))('when everything answers %s', (illness) => {
  it.concurrent.each(NAMES)('%s says so, and does not succeed', async (name) => {
    const server = servers.get(illness);
    const url = server?.url ?? '';
    const environment = settings(url, join(folder, `${illness}.pem`));
    const args = argsOf(name, url).map((word) => word.replace('503.pem', `${illness}.pem`));
    const ran = await run(args, { environment, clock: impatient });
    judge(name, ran);
    expect(ran.code, `${name}: ${ran.stdout}${ran.stderr}`).not.toBe(0);
  });
});

describe('when there is no network', () => {
  it.concurrent.each(NAMES)('%s says so, and does not succeed', async (name) => {
    const url = 'https://127.0.0.1:9';
    const ran = await run(argsOf(name, url), {
      environment: settings(url, join(folder, '503.pem')),
      clock: impatient,
    });
    judge(name, ran);
    expect(ran.code, `${name}: ${ran.stdout}${ran.stderr}`).not.toBe(0);
  });
});

describe('when nobody is signed in', () => {
  it.concurrent.each(NAMES)('%s says so in one line', async (name) => {
    const url = servers.get('503')?.url ?? '';
    const environment = settings(url, join(folder, '503.pem'), join(folder, 'no-token'));
    const args = argsOf(name, url).map((word) =>
      word === join(folder, 'token') ? join(folder, 'no-token') : word,
    );
    const { code, stdout, stderr } = await run(args, { environment, clock: impatient });
    judge(name, { code, stdout, stderr });
    expect(`${stdout}${stderr}`, name).toContain('You are not signed in');
    // It is one of the things that doctor looks for.
    if (name === 'doctor') return;
    expect(`${stdout}${stderr}`.trimEnd().split('\n'), name).toHaveLength(1);
    expect(code).toBe(EXIT_CODES['signed-out'].code);
  });
});

/** Begins a command that nobody answers; `heard` resolves with its first word. */
function begin(name: string) {
  const address = silent.address();
  const url = `https://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  const interrupted = new AbortController();
  const heard = Promise.withResolvers<void>();
  const running = run(argsOf(name, url), {
    environment: settings(url, join(folder, '503.pem')),
    signal: interrupted.signal,
    onStderr: () => heard.resolve(),
    // After this long a person is informed; waits.test.ts measures it.
    givenAgoMs: 1_000,
  });
  const interrupt = () => interrupted.abort(new WardenError('aborted', { message: 'Interrupted.' }));
  return { running, heard: heard.promise, interrupt };
}

/** Waits are known to the whole process: one command at a time, or all of them the same. */
describe('when nobody answers', () => {
  it.each(NAMES)('%s says whom it asks, and ends at once with Ctrl-C', async (name) => {
    const { running, heard, interrupt } = begin(name);
    await Promise.race([heard, running]);
    interrupt();
    const ran = await running;
    judge(name, ran);
    expect(ran.stderr, name).toMatch(/^asking \S.*… \d+ s/);
    expect(ran.code, name).toBe(EXIT_CODES.interrupted.code);
    expect(ran.stderr.trimEnd().split('\n').at(-1), name).toMatch(/^Interrupted: \S/);
  });

  it.concurrent.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'every command ends with Ctrl-C in second %i, with what was done',
    { timeout: 120_000 },
    async (second) => {
      const begun = NAMES.map((name) => ({ name, ...begin(name) }));
      await new Promise((done) => setTimeout(done, second * 1000));
      for (const { interrupt } of begun) interrupt();
      for (const { name, running } of begun) {
        const ran = await running;
        judge(name, ran);
        expect(ran.code, name).toBe(EXIT_CODES.interrupted.code);
        expect(ran.stderr.trimEnd().split('\n').at(-1), name).toMatch(/^Interrupted: \S/);
      }
    },
  );
});

/** Runs a command as a process of its own, as it is installed and as a shell would with `redirection` behind it. */
async function inShell(name: string, redirection: string) {
  const url = servers.get('403')?.url ?? '';
  const args = argsOf(name, url).map((word) => word.replace('503.pem', '403.pem'));
  const line = [process.execPath, join(folder, 'cli', 'main.js'), ...args].map(quoted).join(' ');
  const environment = { ...settings(url, join(folder, '403.pem')), PATH: process.env.PATH, HOME: folder };
  return new Promise<{ code: number; said: string }>((ended) => {
    execFile(
      'bash',
      ['-c', `set -o pipefail; { ${line} ${redirection}`],
      { env: environment, cwd: folder },
      (error, stdout, stderr) => {
        ended({ code: typeof error?.code === 'number' ? error.code : 0, said: stdout + stderr });
      },
    );
  });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

describe('an output that takes nothing', { timeout: 120_000 }, () => {
  beforeAll(async () => void (await bundleCli(join(folder, 'cli'))));

  it.concurrent.each(NAMES)('changes nothing of how %s ends', async (name) => {
    const [open, closed, full] = [
      await inShell(name, '; }'),
      // Whoever reads is gone before the first word.
      await inShell(name, '; } | true'),
      await inShell(name, '> /dev/full; }'),
    ];
    for (const { said } of [open, closed, full]) expect(said, name).not.toMatch(NEVER);
    expect(open.code, `${name}: ${open.said}`).not.toBe(0);
    expect(closed.code, `${name}: ${closed.said}`).toBe(open.code);
    expect(full.code, `${name}: ${full.said}`).toBe(open.code);
    expect(full.said.trim(), name).not.toBe('');
  });
});
