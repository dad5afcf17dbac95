import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliWorld } from './support/cli-world.ts';

/** Three HSMs are named; the entry of one, first in the list, is not valid. */
let world: CliWorld;
let environment: { readonly HSM_WARDEN_WORLD: string };

beforeAll(async () => {
  world = await CliWorld.start([
    { name: 'contoso', seedKeys: 2 },
    { name: 'fabrikam', seedKeys: 1 },
  ]);
  const hsms = world.emulators.map(({ name, url }) => ({ name, url }));
  environment = await world.with({ hsms: [{ name: 'my_hsm', url: world.hsm().url }, ...hsms] });
});
afterAll(() => world?.close());

describe('an entry of the settings that is not valid', () => {
  it('keeps no other HSM from being backed up, and is not passed over', async () => {
    const ran = await world.run(['backup', 'run', '-o', 'json'], { environment });

    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('my_hsm');
    const { runs, notRun } = JSON.parse(ran.stdout);
    expect(runs.map(({ hsm, state }: Record<string, unknown>) => [hsm, state])).toEqual([
      ['contoso', 'succeeded'],
      ['fabrikam', 'succeeded'],
    ]);
    expect(notRun).toEqual([
      { hsm: 'unreadable-1', code: 'hsm-settings-invalid', message: expect.stringContaining('my_hsm') },
    ]);
  });

  it('is one of the fleet for status: what it holds is unknown, and nothing is called safe', async () => {
    await world.run(['backup', 'run'], { environment });
    const ran = await world.run(['status', '-o', 'json'], { environment });

    expect(ran.code).toBe(2);
    const { safe, verdict, hsms } = JSON.parse(ran.stdout);
    expect([safe, verdict]).toEqual([false, 'unknown']);
    expect(hsms.map((one: Record<string, unknown>) => [one.hsm, one.verdict])).toEqual([
      ['unreadable-1', 'unknown'],
      ['contoso', 'safe'],
      ['fabrikam', 'safe'],
    ]);
    expect(ran.stderr.split('\n')[0]).toBe('CANNOT TELL: unreadable-1 could not be read (settings)');
  });

  it('is what doctor says has to be fixed', async () => {
    const ran = await world.run(['doctor', '-o', 'json'], { environment });

    expect(ran.code).toBe(1);
    const failed = JSON.parse(ran.stdout).filter(({ result }: { result: string }) => result === 'fail');
    expect(failed).toMatchObject([
      {
        check: 'settings',
        subject: 'WARDEN_HSMS',
        detail: expect.stringContaining('my_hsm'),
        fix: expect.stringContaining('WARDEN_HSMS'),
      },
    ]);
  });

  it('is never asked: a command about it says why', async () => {
    const ran = await world.run(['key', 'list', '--hsm-name', 'unreadable-1'], { environment });

    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain('hsm-settings-invalid');
  });
});
