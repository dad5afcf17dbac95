import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENVIRONMENT, group, providers, READY } from './support/azure-answers.ts';
import { HookWorld } from './support/hook-world.ts';

/** How many calls a first `preprovision` makes: each is tried as the one at which everything stops. */
const CALLS = 23;

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
  it(`makes ${CALLS} calls`, async () => {
    const { code, calls } = await world.run('preprovision.sh', ENVIRONMENT);
    expect(code).toBe(0);
    expect(calls).toHaveLength(CALLS);
  });

  it.each(Array.from({ length: CALLS }, (_, index) => index + 1))(
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
