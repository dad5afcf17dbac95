/** What the command line says of its surroundings: who is signed in, what is wrong, and what cannot be seen. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setClockAhead, systemClock } from '../../src/adapters/system/system-clock.ts';
import { run } from './support/cli.ts';
import { CliWorld } from './support/cli-world.ts';

let world: CliWorld;

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso', seedKeys: 6 }]);
});

afterAll(async () => {
  await world?.close();
});

async function activeKey(): Promise<string> {
  for await (const { name } of world.client().listPropertiesOfKeys()) return name;
  throw new Error('expected a key');
}

describe('whoami', () => {
  it('says which sign-in is used and who that is, and shows no token', async () => {
    const { code, stdout } = await world.run(['whoami', '-o', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ signIn: 'the administrator of the local world' });
    expect(JSON.parse(stdout).objectId).toMatch(/^[0-9a-f-]{36}$/);
    expect(stdout).not.toContain('eyJ');
  });
});

describe('doctor', () => {
  it('finds nothing to fix in a sound world, and says what an emulator cannot offer', async () => {
    const { code, stdout } = await world.run(['doctor']);
    expect(stdout).toContain('Nothing has to be fixed');
    expect(code).toBe(0);
    for (const check of [
      'settings',
      'identity',
      'HSM reachable',
      'may back up keys',
      'state container',
      'clock',
      'topic',
    ])
      expect(stdout).toContain(check);
    expect(stdout).toMatch(/warn {2}immutability/);
  });

  it('says what is missing when there are no settings, or wrong ones', async () => {
    const none = await run(['doctor']);
    expect(none.code).toBe(1);
    expect(none.stdout).toContain('WARDEN_HSMS');
    const wrong = await run(['doctor'], { environment: { WARDEN_HSMS: 'contoso', WARDEN_PACE: '99' } });
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toContain('WARDEN_PACE');
    expect(wrong.stdout).toContain('1 thing has to be fixed; 0 warnings.');
  });

  it('reports a clock that is wrong', async () => {
    const late = { now: () => Date.now() - 3_600_000, sleep: systemClock.sleep };
    const { code, stdout } = await world.run(['doctor'], { clock: late });
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAIL {2}clock .*differ by (59 min|1 h)/);
  });
});

describe('a world whose clock was moved ahead', () => {
  it('has its countdowns by its own time', async () => {
    await world.run(['key', 'delete', '--hsm-name', 'contoso', '--name', await activeKey()]);
    await world.hsm().advanceClock(2 * 86_400_000);
    const { stdout } = await world.run(['watch', '-o', 'tsv']);
    expect(stdout).toMatch(/\t4 d 23 h\t/);
    setClockAhead(0);
  });

  it('is sound for doctor, for its storage goes by the real time', async () => {
    const { code, stdout } = await world.run(['doctor']);
    setClockAhead(0);
    expect(stdout).toMatch(/ok {4}clock \(storage\)/);
    expect(code).toBe(0);
  });
});

describe('an HSM that cannot be seen', () => {
  it('makes status and watch say that they do not know', async () => {
    await world.hsm().close();
    const impatient = { now: Date.now, sleep: async () => undefined };
    const seen = await world.run(['status'], { clock: impatient });
    expect(seen.code).toBe(2);
    expect(seen.stdout).toContain('hsm-unreachable');
    expect((await world.run(['watch'], { clock: impatient })).code).toBe(2);
    const { code, stdout } = await world.run(['doctor'], { clock: impatient });
    expect(code).toBe(1);
    expect(stdout).toContain('FAIL  HSM reachable');
  });
});

describe('a local world that ended', () => {
  it.each([
    ['its file is still there', () => world.with({ blobUrl: `${world.hsm().url}/devstoreaccount1` })],
    ['there is no file of it', async () => ({ HSM_WARDEN_WORLD: join(world.folder, 'absent.json') })],
  ])('is reported as one that is not running: %s', async (_case, change) => {
    const environment = await change();
    for (const command of [['status'], ['key', 'list', '--hsm-name', 'contoso']]) {
      const { code, stderr } = await world.run(command, { environment });
      expect(stderr).toContain(
        'The local world is not running: start it with `npm start` in another terminal.',
      );
      expect(code).toBe(2);
    }
  });
});
