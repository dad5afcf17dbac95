/** What the hook after a deployment does with the notification channels. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY, OUTPUTS } from './support/after-deploy.ts';
import { HookWorld } from './support/hook-world.ts';

let world: HookWorld;
beforeEach(() => {
  world = new HookWorld(EMPTY);
});
afterEach(() => world.close());

describe('the notification channels', () => {
  const deployed = {
    ...OUTPUTS,
    HSM_WARDEN_APPLY_ROLES: 'yes',
    HSM_WARDEN_CHANNELS: 'ops,pager',
    AZURE_RESOURCE_GROUP: 'rg-warden',
    AZURE_SUBSCRIPTION_ID: '11111111-1111-4111-8111-111111111111',
  };
  const INIT = `npm run --silent warden -- init deployed --resource-group rg-warden --subscription ${deployed.AZURE_SUBSCRIPTION_ID}`;
  const TEST = 'npm run --silent warden -- notify test --profile deployed';
  beforeEach(() => {
    world.rules = [...EMPTY, { call: '^npm run --silent warden -- (init|notify test) ' }];
  });
  const tried = (calls: readonly string[]) => calls.filter((call) => !call.includes(' roles '));

  it('are tried by the settings of the apps, and pass when each accepts', async () => {
    const { code, calls } = await world.run('postdeploy.sh', deployed);
    expect({ code, calls: tried(calls) }).toEqual({ code: 0, calls: [INIT, TEST] });
  });

  it.each([
    ['one accepts nothing', '^npm run --silent warden -- notify test', 'A channel is not confirmed'],
    ['the settings cannot be read', '^npm run --silent warden -- init', 'no channel is confirmed'],
  ])('fail the report while %s, and say how to try again', async (_what, call, says) => {
    world.rules = [{ call, code: 1 }, ...world.rules];
    const { code, stderr } = await world.run('postdeploy.sh', deployed);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(stderr).toContain('azd hooks run postdeploy');
  });

  it('fail the report also where the roles are left to somebody', async () => {
    world.rules = [{ call: '^npm run --silent warden -- notify test', code: 1 }, ...world.rules];
    const { code, stderr } = await world.run('postdeploy.sh', {
      ...deployed,
      HSM_WARDEN_APPLY_ROLES: 'later',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('CANNOT do their work');
  });

  it('are left to somebody where that is wanted, which is said', async () => {
    const { code, stderr, calls } = await world.run('postdeploy.sh', {
      ...deployed,
      HSM_WARDEN_TEST_CHANNELS: 'later',
    });
    expect({ code, calls: tried(calls) }).toEqual({ code: 0, calls: [] });
    expect(stderr).toContain('Nobody has tried the channels ops,pager yet');
  });

  it('are not tried where there are none, which is said', async () => {
    const { code, stderr, calls } = await world.run('postdeploy.sh', {
      ...deployed,
      HSM_WARDEN_CHANNELS: '',
    });
    expect({ code, calls: tried(calls) }).toEqual({ code: 0, calls: [] });
    expect(stderr).toContain('notifies nobody');
  });

  it('fail with a word that is none', async () => {
    expect(
      await world.run('postdeploy.sh', { ...deployed, HSM_WARDEN_TEST_CHANNELS: 'perhaps' }),
    ).toMatchObject({ code: 1 });
  });
});
