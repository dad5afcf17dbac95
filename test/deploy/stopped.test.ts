import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENVIRONMENT, group, providers, READY } from './support/azure-answers.ts';
import { HookWorld } from './support/hook-world.ts';

/** Where everything stops: at the first call, after each that changes something, and at the last. */
const STOPS = [1, 4, 6, 11, 13, 14, 16, 17, 18, 21, 23];
const CHANGES = / group create | provider register |--method (POST|PATCH)|azd env set/;

let world: HookWorld;
beforeEach(() => {
  world = new HookWorld([
    ...group('rg-warden', { exists: false }),
    ...group('rg-warden-backups', { exists: false }),
    ...providers(['Microsoft.App']),
    ...READY,
  ]);
});
afterEach(() => world.close());

describe('a first preprovision', () => {
  it('changes something by as many calls as are tried here', async () => {
    const { code, calls } = await world.run('preprovision.sh', ENVIRONMENT);
    const after = calls.flatMap((call, index) => (CHANGES.test(call) ? [index + 2] : []));
    expect(code).toBe(0);
    expect([1, ...after, calls.length]).toEqual(STOPS);
  });

  it.each(STOPS)(
    'that stops at call %i says so, and the next one ends where an undisturbed one ends',
    async (failAt) => {
      const stopped = await world.run('preprovision.sh', ENVIRONMENT, { failAt });
      expect(stopped.code).not.toBe(0);
      expect(stopped.stderr).not.toBe('');

      const second = await world.run('preprovision.sh', ENVIRONMENT);

      expect(second.code).toBe(0);
      const { applications, servicePrincipals } = world.directory;
      expect([applications.length, servicePrincipals.length]).toEqual([1, 1]);
      expect(applications[0]?.api?.preAuthorizedApplications).toHaveLength(1);
      expect(second.calls).toContain(`azd env set HSM_WARDEN_ENTRA_CLIENT_ID ${applications[0]?.appId}`);
      const made = [...stopped.calls.slice(0, failAt - 1), ...second.calls].filter((call) =>
        / group create /.test(call),
      );
      expect(made).toHaveLength(2);
    },
  );
});
