import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CliWorld } from './support/cli-world.ts';

let world: CliWorld;
/** Waits for nothing, so that repeated attempts are over at once. */
const clock = { now: Date.now, sleep: async () => undefined };

beforeAll(async () => {
  world = await CliWorld.start([
    { name: 'contoso', seedKeys: 2 },
    { name: 'fabrikam', seedKeys: 1 },
  ]);
  await world.run(['backup', 'run']);
});
afterEach(() => world.hsm().faults.clear());
afterAll(() => world?.close());

/** Ways in which an HSM cannot be read; each returns the environment to run in. */
const ILLNESSES = [
  ['503', 'hsm-unavailable', async () => spoil({ type: 'error', status: 503 })],
  ['429', 'hsm-throttled', async () => spoil({ type: 'throttled' })],
  ['403', 'hsm-forbidden', () => world.asStranger()],
] as const;

type Fault = { readonly type: 'error'; readonly status: 503 } | { readonly type: 'throttled' };

function spoil(fault: Fault) {
  world.hsm().faults.add({ operation: 'getDeletedKeys', fault });
  return {};
}

describe.each(ILLNESSES)('an HSM that answers %s', (status, code, make) => {
  const first = `CANNOT TELL: contoso could not be read (${status})`;

  it.each([['watch'], ['status']])('makes %s say first of all that it cannot tell', async (command) => {
    const environment = await make();
    const ran = await world.run([command, '--hsm', 'contoso'], { clock, environment });
    expect(ran.stdout.split('\n')[0]).toBe(first);
    expect(ran.stdout).toContain(code);
    expect(ran.stdout).not.toMatch(/No key|Every key is safe|0 active/);
    expect(ran.code).toBe(2);
  });

  it.each([['watch'], ['status']])('leaves no number and no list in the JSON of %s', async (command) => {
    const environment = await make();
    const ran = await world.run([command, '--hsm', 'contoso', '-o', 'json'], { clock, environment });
    expect(ran.stderr.split('\n')[0]).toBe(first);
    // That no channel is set up stands in the settings, and that no request waits was seen; of the keys of contoso nothing was.
    const known = ran.stdout.replace('"waiting": []', '').replace('"channels": []', '');
    expect(known).not.toMatch(/\[\]|: 0\b|"safe": true/);
    expect(ran.code).toBe(2);
  });

  it('leaves no row in the TSV of watch, and counts nothing in that of status', async () => {
    const environment = await make();
    const args = ['--hsm', 'contoso', '-o', 'tsv'];
    expect(await world.run(['watch', ...args], { clock, environment })).toMatchObject({
      code: 2,
      stdout: '',
    });
    const { stdout } = await world.run(['status', ...args], { clock, environment });
    expect(stdout).toMatch(/^contoso\tunknown\t+\n$/);
  });
});

describe('an HSM that can be read beside one that cannot', () => {
  it('is shown, and what is not there is said of it alone', async () => {
    spoil({ type: 'error', status: 503 });
    const { stdout, code } = await world.run(['watch'], { clock });
    expect(stdout.split('\n')[0]).toBe('CANNOT TELL: contoso could not be read (503)');
    expect(stdout).toContain('No key is soft-deleted on fabrikam.');
    expect(code).toBe(2);
  });
});

describe('records that cannot be read', () => {
  it('leave open what the backups cover', async () => {
    const { etag = '' } = (await world.state.read({ kind: 'catalogue', hsm: 'contoso' })) ?? {};
    await world.state.write({ kind: 'catalogue', hsm: 'contoso' }, 'not json', { etag });
    const { stdout, code } = await world.run(['watch', '--hsm', 'contoso']);
    expect(stdout.split('\n')[0]).toBe(
      'CANNOT TELL: what is stored about contoso could not be read (state-corrupt)',
    );
    expect(code).toBe(2);
    await world.run(['backup', 'rebuild', '--hsm', 'contoso']);
  });
});
