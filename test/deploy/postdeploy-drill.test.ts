/** What the hook after a deployment does with the drill app. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applied, EMPTY, OUTPUTS, ROLES } from './support/after-deploy.ts';
import { HookWorld } from './support/hook-world.ts';

let world: HookWorld;
beforeEach(() => {
  world = new HookWorld(EMPTY);
});
afterEach(() => world.close());

describe('the drill app', () => {
  const PRINCIPAL = '55555555-5555-4555-8555-555555555555';
  const HSMS = '[{"name":"drill","resourceGroupName":"rg-drill"}]';
  const deployed = {
    ...OUTPUTS,
    HSM_WARDEN_APPLY_ROLES: 'yes',
    AZURE_RESOURCE_GROUP: 'rg-warden',
    HSM_WARDEN_DRILL_HSMS_JSON: HSMS,
    HSM_WARDEN_DRILL_APP: 'func-drill',
    HSM_WARDEN_DRILL_PRINCIPAL: PRINCIPAL,
  };
  const SEND =
    'az functionapp deployment source config-zip --resource-group rg-warden --name func-drill --src dist/drill.zip --output none';
  const CHECK = `npm run --silent warden -- roles check --hsm-name drill --drill-principal ${PRINCIPAL}`;
  beforeEach(() => {
    world.rules = [
      { call: '^npm run --silent package$' },
      { call: '^az functionapp deployment source config-zip ' },
      ...EMPTY,
    ];
  });
  const drills = (calls: readonly string[]) => calls.filter((call) => /drill|package/.test(call));

  it('gets its package and its role where a drill HSM is named', async () => {
    const { code, calls } = await world.run('postdeploy.sh', deployed);
    expect(code).toBe(0);
    expect(drills(calls)).toEqual([
      'npm run --silent package',
      SEND,
      `npm run --silent warden -- roles apply --hsm-name drill --drill-principal ${PRINCIPAL} --yes`,
      CHECK,
    ]);
  });

  it('is sought in the subscription that the environment names', async () => {
    const { calls } = await world.run('postdeploy.sh', {
      ...deployed,
      AZURE_SUBSCRIPTION_ID: '11111111-1111-4111-8111-111111111111',
      HSM_WARDEN_CHANNELS: '',
    });
    expect(calls.find((call) => call.includes('config-zip'))).toContain(
      '--subscription 11111111-1111-4111-8111-111111111111',
    );
  });

  it.each(['HSM_WARDEN_DRILL_APP', 'HSM_WARDEN_DRILL_PRINCIPAL'])(
    'is missed where a drill HSM is named and the deployment has no %s',
    async (output) => {
      const { code, stderr, calls } = await world.run('postdeploy.sh', { ...deployed, [output]: '' });
      expect({ code, calls: drills(calls) }).toEqual({ code: 1, calls: [] });
      expect(stderr).toContain('the deployment has no drill app');
    },
  );

  it.each(['', '[]'])('gets nothing where no drill HSM is named (%j), which is said', async (named) => {
    const { code, stderr, calls } = await world.run('postdeploy.sh', {
      ...deployed,
      HSM_WARDEN_DRILL_HSMS_JSON: named,
    });
    expect({ code, calls: drills(calls) }).toEqual({ code: 0, calls: [] });
    expect(stderr).toContain('Restores are unproven');
  });

  it.each([
    ['its package cannot be made', '^npm run --silent package', 'package of the drill app could not be made'],
    ['its package is refused', '^az functionapp', 'no drill runs'],
    ['somebody else may use the drill HSM', `${ROLES} check --hsm-name drill`, 'CANNOT prove anything yet'],
  ])('fails the report while %s, after the other apps have their roles', async (_what, call, says) => {
    world.rules = [{ call, code: 1 }, ...world.rules];
    const { code, stderr, calls } = await world.run('postdeploy.sh', deployed);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(calls).toContain('npm run --silent warden -- roles check --hsm-name new');
  });

  it('changes no role of a drill HSM unless that is wanted', async () => {
    world.rules = [{ call: `${ROLES} check --hsm-name drill` }, ...world.rules];
    const { code, calls } = await world.run('drill-app.sh', { ...deployed, HSM_WARDEN_APPLY_ROLES: 'check' });
    expect({ code, applied: applied(calls) }).toEqual({ code: 0, applied: [] });
  });
});
