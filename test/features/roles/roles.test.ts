import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  checkRoles,
  type ObservedRoles,
  planRoles,
  type RoleStep,
} from '../../../src/features/roles/plan.ts';
import type { RoleDefinition } from '../../../src/features/roles/ports.ts';
import {
  assignmentName,
  forbiddenBecause,
  WARDEN_ROLES,
  type WardenRole,
} from '../../../src/features/roles/roles.ts';

const PRINCIPALS = {
  backup: '0b0b0b0b-0000-4000-8000-000000000001',
  recovery: '0b0b0b0b-0000-4000-8000-000000000002',
};
const NOTHING: ObservedRoles = { definitions: [], assignments: [] };
const action = (short: string) => `Microsoft.KeyVault/managedHsm/${short}`;

/** Every data action that destroys keys, takes them out, or gives out rights. */
const DANGEROUS = [
  'keys/delete',
  'keys/deletedKeys/delete',
  'keys/export/action',
  'keys/release/action',
  'roleAssignments/write/action',
  'roleAssignments/delete/action',
  'roleDefinitions/write/action',
  'roleDefinitions/delete/action',
  'securitydomain/download/action',
  'securitydomain/upload/action',
  'settings/write/action',
  'restore/start/action',
];

function definitionOf(role: WardenRole, change: Partial<RoleDefinition> = {}): RoleDefinition {
  const { id, roleName, dataActions } = role;
  return { id, roleName, dataActions, notDataActions: [], ...change };
}

/** What an HSM has after our steps were done. */
function carriedOut(observed: ObservedRoles, steps: readonly RoleStep[]): ObservedRoles {
  let { definitions, assignments } = observed;
  for (const step of steps) {
    if (step.kind === 'assign') assignments = [...assignments, step.assignment];
    if (step.kind === 'create-role' || step.kind === 'narrow-role') {
      definitions = [...definitions.filter(({ id }) => id !== step.role.id), definitionOf(step.role)];
    }
  }
  return { definitions, assignments };
}

const anyAction = fc.constantFrom(
  ...DANGEROUS.map(action),
  ...WARDEN_ROLES.flatMap(({ dataActions }) => dataActions),
  action('keys/sign/action'),
);
const anyHsm: fc.Arbitrary<ObservedRoles> = fc.record({
  definitions: fc
    .uniqueArray(fc.constantFrom(...WARDEN_ROLES), { maxLength: 2 })
    .chain((roles) =>
      fc.tuple(
        ...roles.map((role) =>
          fc.uniqueArray(anyAction).map((dataActions) => definitionOf(role, { dataActions })),
        ),
      ),
    ),
  assignments: fc.array(
    fc.record({
      name: fc.uuid(),
      principalId: fc.constantFrom(PRINCIPALS.backup, PRINCIPALS.recovery.toUpperCase(), 'somebody else'),
      roleId: fc.constantFrom(...WARDEN_ROLES.map(({ id }) => id), 'a role nobody knows'),
      scope: fc.constantFrom('/', '/keys', '/keys/one'),
    }),
    { maxLength: 4 },
  ),
});

describe('our roles', () => {
  it.each(DANGEROUS)('never hold %s', (short) => {
    expect(WARDEN_ROLES.flatMap(({ dataActions }) => dataActions)).not.toContain(action(short));
    expect(forbiddenBecause(action(short))).toBeDefined();
  });

  it('hold nothing that is forbidden', () => {
    const held = WARDEN_ROLES.flatMap(({ dataActions }) => dataActions);

    expect(held.filter((one) => forbiddenBecause(one) !== undefined)).toEqual([]);
  });

  it('have the same GUID on every HSM', () => {
    expect(WARDEN_ROLES.map(({ id }) => id)).toEqual([
      expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    ]);
    expect(new Set(WARDEN_ROLES.map(({ id }) => id)).size).toBe(2);
    expect(assignmentName('r', 'ABC')).toBe(assignmentName('r', 'abc'));
  });

  it.each(['*', 'Microsoft.KeyVault/managedHsm/*', 'microsoft.keyvault/MANAGEDHSM/KEYS/DELETE'])(
    'count %s as forbidden, however it is written',
    (written) => {
      expect(forbiddenBecause(written)).toBeDefined();
    },
  );
});

describe('the plan', () => {
  it('makes both roles and assigns them where there is nothing', () => {
    expect(planRoles(NOTHING, PRINCIPALS).map(({ kind }) => kind)).toEqual([
      'create-role',
      'assign',
      'create-role',
      'assign',
    ]);
  });

  test.prop([anyHsm])('after it is carried out there is nothing left but what is blocked', (observed) => {
    const steps = planRoles(observed, PRINCIPALS);

    const rest = planRoles(carriedOut(observed, steps), PRINCIPALS);

    expect(rest).toEqual(steps.filter(({ kind }) => kind === 'blocked'));
  });

  test.prop([anyHsm])('never adds a data action to a role that is there', (observed) => {
    const changed = carriedOut(observed, planRoles(observed, PRINCIPALS));

    for (const before of observed.definitions) {
      const now = changed.definitions.find(({ id }) => id === before.id);
      expect(before.dataActions).toEqual(expect.arrayContaining([...(now?.dataActions ?? [])]));
    }
  });

  test.prop([anyHsm])('never assigns anything to anybody else', (observed) => {
    const assigned = planRoles(observed, PRINCIPALS).flatMap((step) =>
      step.kind === 'assign' ? [step.assignment] : [],
    );

    for (const { principalId, scope } of assigned) {
      expect(Object.values(PRINCIPALS)).toContain(principalId);
      expect(scope).toBe('/keys');
    }
  });
});

describe('the check', () => {
  const inPlace = carriedOut(NOTHING, planRoles(NOTHING, PRINCIPALS));

  it('is content when each identity holds its role', () => {
    expect(checkRoles(inPlace, PRINCIPALS)).toEqual([]);
  });

  it('finds everything missing on an untouched HSM', () => {
    expect(checkRoles(NOTHING, PRINCIPALS).map(({ kind }) => kind)).toEqual(Array(8).fill('missing'));
  });

  it.each(DANGEROUS)('finds an identity that holds %s through another role', (short) => {
    const other = { id: 'other', roleName: 'Other', dataActions: [action(short)], notDataActions: [] };
    const assignment = {
      name: 'a',
      principalId: PRINCIPALS.backup.toUpperCase(),
      roleId: 'OTHER',
      scope: '/keys/one',
    };
    const observed = {
      definitions: [...inPlace.definitions, other],
      assignments: [...inPlace.assignments, assignment],
    };

    expect(checkRoles(observed, PRINCIPALS)).toEqual([
      expect.objectContaining({ kind: 'forbidden', app: 'backup', through: 'Other', scope: '/keys/one' }),
    ]);
  });

  it('finds a harmless right too many', () => {
    const [backup, recovery] = WARDEN_ROLES;
    const wide =
      backup && definitionOf(backup, { dataActions: [...backup.dataActions, action('keys/sign/action')] });
    const definitions = [wide, recovery && definitionOf(recovery)].filter((one) => one !== undefined);

    expect(checkRoles({ ...inPlace, definitions }, PRINCIPALS)).toEqual([
      expect.objectContaining({ kind: 'too-much', dataAction: action('keys/sign/action') }),
    ]);
  });

  it('takes what a role excludes for not held', () => {
    const definitions = inPlace.definitions.map((definition) => ({
      ...definition,
      notDataActions: [action('keys/backup/action')],
    }));

    expect(checkRoles({ ...inPlace, definitions }, PRINCIPALS).map(({ kind }) => kind)).toEqual([
      'missing',
      'missing',
    ]);
  });

  it('does not count a role on a single key as held', () => {
    const assignments = inPlace.assignments.map((one) => ({ ...one, scope: '/keys/one' }));

    expect(checkRoles({ ...inPlace, assignments }, PRINCIPALS).map(({ kind }) => kind)).toEqual(
      Array(8).fill('missing'),
    );
  });
});
