import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAuthority } from '../../src/emulator/tls/authority-folder.ts';
import { createLeaf } from '../../src/emulator/tls/certificates.ts';
import { run } from './support/cli.ts';
import { CliWorld } from './support/cli-world.ts';

/** Every command that asks an HSM, against every way in which one can be ill: what is said first, and the exit code. */
let world: CliWorld;
let server: Server;
let answer: { readonly status: number; readonly headers?: Record<string, string>; readonly body: string };
/** Waits for nothing, so that repeated attempts are over at once. */
const clock = { now: Date.now, sleep: async () => undefined };

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso' }]);
  const authority = await openAuthority(join(world.folder, 'ca'), Date.now());
  const leaf = await createLeaf(authority, 'ill', Date.now());
  server = createServer({ cert: leaf.certificate, key: leaf.key }, (request, response) => {
    request.resume();
    // As a Managed HSM does: whoever brings no token is shown where to get one.
    const challenge = {
      'www-authenticate':
        'Bearer authorization="https://login.microsoftonline.com/x", resource="https://managedhsm.azure.net"',
    };
    if (request.headers.authorization === undefined) response.writeHead(401, challenge).end();
    else
      response
        .writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
        .end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server?.close();
  await world?.close();
});

function url(): string {
  const address = server.address();
  return `https://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
}

const words = (code: string) => JSON.stringify({ error: { code, message: `The words of ${code}` } });
const ILLNESSES = [
  ['401', { status: 401, body: words('Unauthorized') }, 'hsm-unauthenticated'],
  ['403', { status: 403, body: words('Forbidden') }, 'hsm-forbidden'],
  ['404', { status: 404, body: words('KeyNotFound') }, 'key-not-found'],
  [
    '429 with a wait of an hour',
    { status: 429, headers: { 'retry-after': '3600' }, body: words('TooMany') },
    'hsm-throttled',
  ],
  ['503', { status: 503, body: words('Unavailable') }, 'hsm-unavailable'],
  ['garbage', { status: 200, body: '<html>a page of a proxy</html>' }, 'hsm-answer-unexpected'],
  ['nothing', { status: 200, body: '' }, 'hsm-answer-unexpected'],
] as const;
const COMMANDS: readonly (readonly string[])[] = [
  ['key', 'list'],
  ['key', 'list-deleted'],
  ['key', 'list-versions', '--name', 'orders'],
  ['key', 'show', '--name', 'orders'],
  ['key', 'create', '--name', 'orders'],
  ['key', 'recover', '--name', 'orders'],
  ['key', 'purge', '--name', 'orders', '--confirm', 'orders'],
  ['key', 'delete', '--name', 'orders', '--no-backup', '--yes-really'],
  ['key', 'show-deleted', '--name', 'orders'],
  ['key', 'rotate', '--name', 'orders'],
  ['key', 'set-attributes', '--name', 'orders', '--enabled', 'false'],
  ['key', 'rotation-policy', 'show', '--name', 'orders'],
  ['key', 'sign', '--name', 'orders', '--algorithm', 'RS256', '--digest', 'AAAA'],
  ['key', 'get-attestation', '--name', 'orders'],
  ['key', 'random', '--count', '1'],
  ['role', 'definition', 'list'],
  ['role', 'assignment', 'list'],
  ['watch'],
  ['status'],
];

describe.each(ILLNESSES)('an HSM that answers %s', (_case, given, code) => {
  it.each(COMMANDS.map((command) => [command.join(' '), command] as const))(
    'is reported by %s',
    async (_name, command) => {
      answer = given;
      const isWhole = command.length === 1;
      const environment = isWhole ? await world.with({ hsms: [{ name: 'contoso', url: url() }] }) : {};
      const { caFile } = JSON.parse(await readFile(join(world.folder, 'local.json'), 'utf8'));
      const token = ['--token-file', join(world.folder, 'administrator.token'), '--ca-file', caFile];
      const name = command.includes('orders') ? '/keys/orders' : '/';
      const bare = command.filter((word) => word !== '--name' && word !== 'orders');
      const args = command[1] === 'purge' ? ['key', 'purge', '--confirm', 'orders'] : bare;
      const ran = isWhole
        ? await world.run(command, { environment, clock })
        : await run([...args, '--id', `${url()}${name}`, ...token], { clock });
      const said = `${ran.stdout}${ran.stderr}`;
      expect(said).not.toMatch(
        /fault of hsm-warden itself|\bat .*\.ts:\d|No key is soft-deleted|Every key is safe/,
      );
      if (isWhole) {
        expect(said.split('\n')[0]).toMatch(/^CANNOT TELL: contoso could not be read \(/);
        expect(ran.code).toBe(2);
      } else {
        expect(ran.stdout).toBe('');
        expect(said.split('\n')[0]).toMatch(/^error \([a-z-]+\): \S/);
        expect(ran.code).toBe(command.includes('show') && code === 'key-not-found' ? 3 : 1);
      }
      // A key that is not there is named by each command in its own words.
      expect(said).toContain(code);
    },
  );
});
