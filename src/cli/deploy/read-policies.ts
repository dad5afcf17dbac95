/** Reads the policies that are in force for a resource group and refuse something, through initiatives to their rules. */
import { z } from 'zod';
import type { Reading, ResourceManager } from '../../adapters/arm/resource-manager.ts';
import { resolved, type Values } from './policy-rule.ts';

/** A policy in force that denies what its condition describes. */
export interface DenyingPolicy {
  /** What the assignment is called. */
  readonly assignment: string;
  readonly policy: string;
  readonly condition: unknown;
  /** Whether it is about resources alone that have a location: https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-basics#mode */
  readonly indexed: boolean;
  readonly values: Values;
}

/** The policies, and how many could not be read. */
export interface Policies {
  readonly denying: readonly DenyingPolicy[];
  readonly unread: number;
}

const VERSION = '2023-04-01';
/** More definitions are not read: a check must end. */
const MOST_DEFINITIONS = 400;
const Given = z.record(z.string(), z.looseObject({ value: z.unknown().optional() })).nullish();
const Declared = z.record(z.string(), z.looseObject({ defaultValue: z.unknown().optional() })).nullish();
const Assignment = z.object({
  name: z.string(),
  properties: z.object({
    displayName: z.string().nullish(),
    policyDefinitionId: z.string(),
    enforcementMode: z.string().nullish(),
    notScopes: z.array(z.string()).nullish(),
    parameters: Given,
  }),
});
const Definition = z.object({
  name: z.string(),
  properties: z.object({
    displayName: z.string().nullish(),
    mode: z.string().nullish(),
    parameters: Declared,
    policyRule: z.record(z.string(), z.unknown()),
  }),
});
const Consequence = z.object({ effect: z.string() });
const Initiative = z.object({
  properties: z.object({
    parameters: Declared,
    policyDefinitions: z.array(z.object({ policyDefinitionId: z.string(), parameters: Given })),
  }),
});

/** https://learn.microsoft.com/rest/api/policy/policy-assignments/list-for-resource-group */
export async function readPolicies(arm: ResourceManager, group: string): Promise<Reading<Policies>> {
  const path = `${group}/providers/Microsoft.Authorization/policyAssignments`;
  const listed = await arm.list(path, `${VERSION}&$filter=atScope()`, Assignment);
  if (listed.kind !== 'ok') return listed;
  const reader = new PolicyReader(arm);
  for (const assignment of listed.value) {
    const { enforcementMode, notScopes } = assignment.properties;
    const isLeftOut = (notScopes ?? []).some((scope) => isWithin(group, scope));
    if (enforcementMode?.toLowerCase() !== 'donotenforce' && !isLeftOut) await reader.take(assignment);
  }
  return { kind: 'ok', value: { denying: reader.denying, unread: reader.unread } };
}

class PolicyReader {
  readonly denying: DenyingPolicy[] = [];
  unread = 0;
  readonly #arm: ResourceManager;
  readonly #known = new Map<string, Reading<z.output<typeof Definition>>>();

  constructor(arm: ResourceManager) {
    this.#arm = arm;
  }

  async take({ name, properties }: z.output<typeof Assignment>): Promise<void> {
    const title = properties.displayName ?? name;
    const id = properties.policyDefinitionId;
    const given = new Map(entriesOf(properties.parameters));
    if (!id.toLowerCase().includes('/policysetdefinitions/')) return this.#policy(title, id, given);
    const initiative = await this.#arm.get(id, VERSION, Initiative);
    if (initiative.kind !== 'ok') {
      this.unread += 1;
      return;
    }
    const { parameters, policyDefinitions } = initiative.value.properties;
    const values = new Map([...defaultsOf(parameters), ...given]);
    for (const member of policyDefinitions) {
      const passed = new Map(
        entriesOf(member.parameters).map(([key, value]) => [key, resolved(value, values)] as const),
      );
      // An initiative has hundreds of policies, and most only report: what says so itself need not be read.
      const effect = passed.get('effect');
      if (typeof effect === 'string' && !denies(effect)) continue;
      await this.#policy(title, member.policyDefinitionId, passed);
    }
  }

  async #policy(assignment: string, id: string, given: Values): Promise<void> {
    const found = await this.#definition(id);
    if (found?.kind !== 'ok') {
      this.unread += 1;
      return;
    }
    const { name, properties } = found.value;
    const consequence = Consequence.safeParse(properties.policyRule.then);
    if (!consequence.success) {
      this.unread += 1;
      return;
    }
    const values = new Map([...defaultsOf(properties.parameters), ...given]);
    const effect = resolved(consequence.data.effect, values);
    if (typeof effect === 'string' && !denies(effect)) return;
    const policy = properties.displayName ?? name;
    const indexed = properties.mode?.toLowerCase() === 'indexed';
    this.denying.push({ assignment, policy, condition: properties.policyRule.if, indexed, values });
  }

  async #definition(id: string): Promise<Reading<z.output<typeof Definition>> | undefined> {
    const known = this.#known.get(id.toLowerCase());
    if (known !== undefined || this.#known.size >= MOST_DEFINITIONS) return known;
    const found = await this.#arm.get(id, VERSION, Definition);
    this.#known.set(id.toLowerCase(), found);
    return found;
  }
}

function entriesOf(given: z.output<typeof Given>): readonly (readonly [string, unknown])[] {
  return Object.entries(given ?? {}).map(([name, { value }]) => [name.toLowerCase(), value] as const);
}

function defaultsOf(declared: z.output<typeof Declared>): readonly (readonly [string, unknown])[] {
  return Object.entries(declared ?? {}).map(([name, one]) => [name.toLowerCase(), one.defaultValue] as const);
}

function denies(effect: string): boolean {
  return effect.toLowerCase() === 'deny';
}

function isWithin(group: string, scope: string): boolean {
  return `${group.toLowerCase()}/`.startsWith(`${scope.toLowerCase().replace(/\/$/, '')}/`);
}
