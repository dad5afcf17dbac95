/** What has to change on an HSM until our identities hold their roles and no more. Pure: looking and doing is elsewhere. */
import type { LocalRoles, RoleAssignment, RoleDefinition } from './ports.ts';
import {
  type App,
  assignmentName,
  forbiddenBecause,
  ROLE_SCOPE,
  WARDEN_ROLES,
  type WardenRole,
} from './roles.ts';

/** The object id of each app's identity. */
export type Principals = Readonly<Partial<Record<App, string>>>;

/** What an HSM has. */
export interface ObservedRoles {
  readonly definitions: readonly RoleDefinition[];
  readonly assignments: readonly RoleAssignment[];
}

/** One change. Only the first three are ever made by us. */
export type RoleStep =
  | { readonly kind: 'create-role'; readonly role: WardenRole }
  /** The definition holds more than it should: it is cut back. */
  | { readonly kind: 'narrow-role'; readonly role: WardenRole; readonly removed: readonly string[] }
  | { readonly kind: 'assign'; readonly role: WardenRole; readonly assignment: RoleAssignment }
  /** The definition lacks something. Adding it would widen what exists, so a person must delete it first. */
  | { readonly kind: 'blocked'; readonly role: WardenRole; readonly missing: readonly string[] };

/** One thing that is not as it must be. */
export type RoleProblem =
  | { readonly kind: 'missing'; readonly app: App; readonly dataAction: string }
  | {
      readonly kind: 'too-much';
      readonly app: App;
      readonly dataAction: string;
      readonly through: string;
      readonly scope: string;
    }
  /** Somebody else may use keys in a drill HSM. */
  | {
      readonly kind: 'stranger';
      readonly app: App;
      readonly principalId: string;
      readonly dataAction: string;
      readonly through: string;
      readonly scope: string;
    }
  | {
      readonly kind: 'forbidden';
      readonly app: App;
      readonly dataAction: string;
      readonly through: string;
      readonly scope: string;
      readonly because: string;
    };

/** Looks at an HSM. Fails with the codes of {@link LocalRoles}. */
export async function observeRoles(roles: LocalRoles, signal?: AbortSignal): Promise<ObservedRoles> {
  return {
    definitions: await roles.listDefinitions(signal),
    assignments: await roles.listAssignments(signal),
  };
}

/** The steps that are still to do, in their order; none when everything is in place. */
export function planRoles(
  observed: ObservedRoles,
  principals: Principals,
  roles: readonly WardenRole[] = WARDEN_ROLES,
): readonly RoleStep[] {
  return roles.flatMap((role) => [
    ...definitionStep(observed, role),
    ...assignmentStep(observed, role, principals),
  ]);
}

function definitionStep({ definitions }: ObservedRoles, role: WardenRole): readonly RoleStep[] {
  const found = definitions.find(({ id }) => same(id, role.id));
  if (found === undefined) return [{ kind: 'create-role', role }];
  const held = effective(found);
  const missing = role.dataActions.filter((action) => !includes(held, action));
  if (missing.length > 0) return [{ kind: 'blocked', role, missing }];
  const removed = held.filter((action) => !includes(role.dataActions, action));
  return removed.length === 0 ? [] : [{ kind: 'narrow-role', role, removed }];
}

function assignmentStep(
  { assignments }: ObservedRoles,
  role: WardenRole,
  principals: Principals,
): readonly RoleStep[] {
  const principalId = principalOf(principals, role.app);
  const found = assignments.some(
    (one) =>
      same(one.principalId, principalId) &&
      same(one.roleId, role.id) &&
      ['/', ROLE_SCOPE].includes(one.scope),
  );
  if (found) return [];
  const assignment = {
    name: assignmentName(role.id, principalId),
    principalId,
    roleId: role.id,
    scope: ROLE_SCOPE,
  };
  return [{ kind: 'assign', role, assignment }];
}

/** Everything an identity of ours lacks, or holds beyond its role, through whatever role and at whatever scope. */
export function checkRoles(
  { definitions, assignments }: ObservedRoles,
  principals: Principals,
  roles: readonly WardenRole[] = WARDEN_ROLES,
): readonly RoleProblem[] {
  return roles.flatMap(({ app, dataActions }) => {
    const own = assignments.filter(({ principalId }) => same(principalId, principalOf(principals, app)));
    const held = own.flatMap(({ roleId, scope }) => {
      const definition = definitions.find(({ id }) => same(id, roleId));
      return effective(definition).map((dataAction) => ({
        dataAction,
        scope,
        through: definition?.roleName ?? roleId,
      }));
    });
    const everywhere = held.filter(({ scope }) => scope === '/' || scope === ROLE_SCOPE);
    const missing = dataActions.filter(
      (action) => !everywhere.some(({ dataAction }) => same(dataAction, action)),
    );
    const extra = held.filter(({ dataAction }) => !includes(dataActions, dataAction));
    return [
      ...missing.map((dataAction) => ({ kind: 'missing', app, dataAction }) as const),
      ...extra.map((one) => {
        const because = forbiddenBecause(one.dataAction);
        return because === undefined
          ? ({ kind: 'too-much', app, ...one } as const)
          : ({ kind: 'forbidden', app, ...one, because } as const);
      }),
    ];
  });
}

/** Who but the drill app may do anything with keys of a drill HSM: there are copies of production keys in it for moments. */
export function checkAlone(
  { definitions, assignments }: ObservedRoles,
  drill: string,
): readonly RoleProblem[] {
  return assignments.flatMap(({ principalId, roleId, scope }) => {
    if (same(principalId, drill)) return [];
    const definition = definitions.find(({ id }) => same(id, roleId));
    const onKeys = effective(definition).filter((action) => /(\/keys\/|\*)/i.test(action));
    if (onKeys.length === 0 && definition !== undefined) return [];
    const through = definition?.roleName ?? roleId;
    return [
      {
        kind: 'stranger',
        app: 'drill',
        principalId,
        dataAction: onKeys[0] ?? 'unknown',
        through,
        scope,
      } as const,
    ];
  });
}

function principalOf(principals: Principals, app: App): string {
  const id = principals[app];
  if (id === undefined) throw new Error(`expected the object id of the identity of the ${app} app`);
  return id;
}

/** Does the steps. Blocked ones are left to a person. Fails with the codes of {@link LocalRoles}; a repeat goes on where it stopped. */
export async function applySteps(
  roles: LocalRoles,
  steps: readonly RoleStep[],
  signal?: AbortSignal,
): Promise<void> {
  for (const step of steps) {
    if (step.kind === 'create-role' || step.kind === 'narrow-role')
      await roles.putDefinition(step.role, signal);
    if (step.kind === 'assign') await roles.putAssignment(step.assignment, signal);
  }
}

function effective(definition: RoleDefinition | undefined): readonly string[] {
  if (definition === undefined) return [];
  return definition.dataActions.filter((action) => !includes(definition.notDataActions, action));
}

function includes(actions: readonly string[], action: string): boolean {
  return actions.some((one) => same(one, action));
}

/** Azure compares GUIDs and actions without regard to case. */
function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
