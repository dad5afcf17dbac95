import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { programName } from '../../src/cli/frame/program-name.ts';
import { run } from './support/cli.ts';
import { CliWorld } from './support/cli-world.ts';

let world: CliWorld;
const clock = { now: Date.now, sleep: async () => undefined };
const on = (verb: string, name: string, ...more: string[]) => [
  ...['key', verb, '--hsm-name', 'contoso', '--name', name],
  ...more,
];

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso' }]);
  await world.client().createKey('gone', 'EC-HSM', { curve: 'P-256' });
  await (await world.client().beginDeleteKey('gone')).pollUntilDone();
  await world.client().createKey('here', 'EC-HSM', { curve: 'P-256' });
});
afterEach(() => world.hsm().faults.clear());
afterAll(() => world?.close());

describe('the words of the HSM', () => {
  it('come first, then the advice', async () => {
    const { code, stderr } = await world.run(on('create', 'odd', '--kty', 'RSA-HSM', '--size', '1024'));
    expect(code).toBe(1);
    expect(stderr).toContain("Invalid key size: '1024'");
  });

  it('leave out the identifier of the call', async () => {
    const { stderr } = await world.run(on('create', 'odd', '--kty', 'RSA-HSM', '--size', '1024'));
    expect(stderr).not.toMatch(/Activity ID/);
  });

  it('of a refused right are followed by what a person can do about it', async () => {
    const { stderr } = await world.run(on('show', 'here'), { environment: await world.asStranger() });
    expect(stderr).toContain(
      'Not authorized to access Microsoft.KeyVault/managedHsm/keys/read/action on /keys/here',
    );
    expect(stderr).toContain('Ask an administrator of the HSM');
    expect(stderr).not.toContain("product's role");
  });
});

describe('a name that a soft-deleted key holds', () => {
  it('is no key to be made: it can be recovered', async () => {
    const { code, stderr } = await world.run(on('create', 'gone', '--kty', 'EC-HSM', '--curve', 'P-256'));
    expect(code).toBe(1);
    expect(stderr).toContain('soft-deleted');
    expect(stderr).toContain('hsm-warden key recover --hsm-name contoso --name gone --emulator');
    expect(stderr).not.toContain('restore');
  });
});

describe('a purge', () => {
  it.each([
    ['of a key that never was', 'nowhere', 'There is no soft-deleted key nowhere on HSM contoso'],
    ['of an active key', 'here', 'Key here on HSM contoso is active, not soft-deleted'],
  ])('%s says what is there', async (_case, name, words) => {
    const { code, stderr } = await world.run(on('purge', name, '--confirm', name));
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });
});

describe('a command line that cannot be followed', () => {
  it.each([
    ['an address in place of a name', ['key', 'list', '--id', 'https://10.0.0.4/'], '10.0.0.4 is an address'],
    ['an IPv6 address', ['key', 'list', '--id', 'https://[2001:db8::4]/'], 'is an address, not the name'],
    ['a word for a number', ['watch', '--every', 'often'], '--every: expected seconds from 1 to 3600'],
    ['too many', ['watch', '--every', '3601'], '--every: expected seconds from 1 to 3600'],
    ['an argument in its place', ['recovery', 'show', 'no_id'], '<id>: expected'],
    ['nothing for a number', ['audit', 'show', '--last', ''], '--last: expected a whole number'],
  ])('%s is named in plain words', async (_case, args, words) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/NaN|Invalid input/);
  });
});

describe('the commands that are proposed', () => {
  const root = '/home/ann/hsm-warden';
  const entry = `${root}/src/cli/main.ts`;
  it.each([
    [
      'in a checkout, through npm',
      { entry, folder: '/tmp', environment: { npm_lifecycle_event: 'warden' } },
      'npm run -s warden --',
    ],
    ['in the root of a checkout', { entry, folder: root, environment: {} }, 'npm run -s warden --'],
    ['below it', { entry, folder: `${root}/docs`, environment: {} }, 'node ../src/cli/main.ts'],
    [
      'where it is installed',
      { entry: '/usr/lib/node_modules/hsm-warden/dist/cli/main.js', folder: root, environment: {} },
      'hsm-warden',
    ],
    [
      'through npx',
      { entry: '/x/dist/cli/main.js', folder: root, environment: { npm_command: 'exec' } },
      'npx hsm-warden',
    ],
  ])('work %s', (_case, surroundings, name) => {
    expect(programName(surroundings)).toBe(name);
  });

  it('are called as this one was, everywhere', async () => {
    const program = 'npm run -s warden --';
    const shown = await world.run(on('create', 'gone'), { program });
    expect(shown.stderr).toContain(
      'npm run -s warden -- key recover --hsm-name contoso --name gone --emulator',
    );
    const help = await run(['status', '--help'], { program });
    expect(help.stdout).toContain('npm run -s warden -- status --emulator');
    const risks = await world.run(['status'], { program, clock });
    expect(risks.stdout).toContain('npm run -s warden -- backup run --hsm contoso --key here --emulator');
  });
});
