import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestLocalRoles } from '../../../src/adapters/localrbac/local-roles.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { OPERATIONS } from '../../../src/emulator/operations/table.ts';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { applySteps, checkRoles, observeRoles, planRoles } from '../../../src/features/roles/plan.ts';
import { WARDEN_ROLES } from '../../../src/features/roles/roles.ts';
import { administrator, TRIES } from '../../emulator/rbac/operations-under-test.ts';
import { connectHsm, type HsmConnection } from '../../live/hsm-connection.ts';

const PRINCIPALS = { backup: randomUUID(), recovery: randomUUID() };
const CUSTOM_ROLES = '/providers/Microsoft.Authorization/roleDefinitions';

let emulator: Emulator;
let roles: RestLocalRoles;
let admin: HsmConnection;
const callers: HsmConnection[] = [];

function rolesAs(token: string): RestLocalRoles {
  const getToken = async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 });
  const { url, caPem } = emulator;
  return new RestLocalRoles({ hsm: 'contoso', url, caPem, clock: systemClock, credential: { getToken } });
}

function callerWith(token: string): HsmConnection {
  const caller = connectHsm({ url: emulator.url, ca: emulator.caPem, token: async () => token });
  callers.push(caller);
  return caller;
}

beforeAll(async () => {
  emulator = await startEmulator({ retentionDays: 7, limits: 'off' });
  roles = rolesAs(emulator.token);
  admin = callerWith(emulator.token);
  await applySteps(roles, planRoles(await observeRoles(roles), PRINCIPALS));
});

afterAll(async () => {
  for (const caller of callers) await caller.close();
  await emulator.close();
});

describe('the roles of an HSM over REST', () => {
  it('are in place after they were applied, and applying them again changes nothing', async () => {
    const observed = await observeRoles(roles);

    expect(planRoles(observed, PRINCIPALS)).toEqual([]);
    expect(checkRoles(observed, PRINCIPALS)).toEqual([]);
  });

  it('take an assignment that is there already for done', async () => {
    const [backup] = WARDEN_ROLES;
    const { assignments } = await observeRoles(roles);
    const found = assignments.filter(({ roleId }) => roleId === backup?.id);

    for (const assignment of found) await roles.putAssignment(assignment);

    expect(found).toHaveLength(1);
    expect((await roles.listAssignments()).filter(({ roleId }) => roleId === backup?.id)).toHaveLength(1);
  });

  it('are cut back when somebody widened one', async () => {
    const [backup] = WARDEN_ROLES;
    const dataActions = [
      ...(backup?.dataActions ?? []),
      'Microsoft.KeyVault/managedHsm/keys/deletedKeys/delete',
    ];
    const properties = { roleName: backup?.roleName, permissions: [{ dataActions }] };
    await administrator(admin).send('PUT', `${CUSTOM_ROLES}/${backup?.id ?? ''}`, { properties });

    const widened = await observeRoles(roles);
    await applySteps(roles, planRoles(widened, PRINCIPALS));

    expect(checkRoles(widened, PRINCIPALS).map(({ kind }) => kind)).toEqual(['forbidden']);
    expect(checkRoles(await observeRoles(roles), PRINCIPALS)).toEqual([]);
  });

  it('are refused to one who is no administrator', async () => {
    const stranger = rolesAs(await emulator.issueToken({ objectId: randomUUID() }));

    await expect(stranger.listDefinitions()).rejects.toMatchObject({ code: 'hsm-forbidden', hsm: 'contoso' });
  });

  it('report that the HSM cannot be reached', async () => {
    const getToken = async () => ({ token: 'x', expiresOnTimestamp: Date.now() + 3_600_000 });
    const gone = new RestLocalRoles({
      hsm: 'contoso',
      url: 'https://127.0.0.1:1',
      clock: systemClock,
      credential: { getToken },
      attempts: 1,
    });

    await expect(gone.listAssignments()).rejects.toMatchObject({ code: 'hsm-unreachable' });
  });
});

const ROWS = WARDEN_ROLES.flatMap(({ app, roleName, dataActions }) =>
  OPERATIONS.filter(({ name }) => TRIES[name] !== undefined).map(({ name, dataAction }) => {
    const allowed = dataActions.includes(dataAction);
    return { app, roleName, name, dataAction, allowed, verdict: allowed ? 'may' : 'may not' };
  }),
);

describe('an identity with exactly its role', () => {
  it('can do every one of the data actions, and the operations are many', () => {
    const tried = new Set(ROWS.filter(({ allowed }) => allowed).map(({ dataAction }) => dataAction));

    expect([...tried].sort()).toEqual(
      [...new Set(WARDEN_ROLES.flatMap(({ dataActions }) => dataActions))].sort(),
    );
    expect(ROWS.length).toBeGreaterThan(60);
  });

  it.each(ROWS)('$roleName $verdict $name', async ({ app, name, dataAction, allowed }) => {
    const caller = callerWith(await emulator.issueToken({ objectId: PRINCIPALS[app] }));
    const { method, path, body } = (await TRIES[name]?.(
      administrator(admin),
      `k${randomUUID()}`,
      randomUUID(),
    )) ?? {
      method: '',
      path: '',
    };

    const answer = await caller.send(method, path, body);

    if (allowed) expect([answer.status < 300, answer.text]).toEqual([true, answer.text]);
    else {
      expect(answer.status).toBe(403);
      expect(answer.text).toContain(dataAction);
    }
  });
});
