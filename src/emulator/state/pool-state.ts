// The state of one pool in memory: read by operations, changed only through `apply`.
import { foldedName } from './key-names.ts';
import type { Change, KeyRecord, PoolSettings, RoleAssignmentRecord, RoleDefinitionRecord } from './model.ts';

/** What operations may do with the state: read it. */
export type ReadableState = {
  readonly settings: PoolSettings;
  /** Active and soft-deleted keys by folded name, in order of creation. */
  readonly keys: ReadonlyMap<string, KeyRecord>;
  /** The key of that name, active or soft-deleted, in whatever letter case the name is written. */
  key(name: string): KeyRecord | undefined;
  /** Custom role definitions by GUID. */
  readonly roleDefinitions: ReadonlyMap<string, RoleDefinitionRecord>;
  /** Role assignments by GUID. */
  readonly roleAssignments: ReadonlyMap<string, RoleAssignmentRecord>;
  /** The `order` of the next new key. */
  readonly nextOrder: number;
  /** How many keys are not soft-deleted. */
  readonly activeKeys: number;
};

/** One pool. */
export class PoolState implements ReadableState {
  readonly settings: PoolSettings;
  readonly keys = new Map<string, KeyRecord>();
  readonly roleDefinitions = new Map<string, RoleDefinitionRecord>();
  readonly roleAssignments = new Map<string, RoleAssignmentRecord>();
  nextOrder = 1;
  activeKeys = 0;
  /** How far the emulator's clock is ahead of the machine's, milliseconds. */
  clockOffsetMs = 0;
  /** The earliest end of a retention, unix seconds; Infinity when no key is soft-deleted. */
  nextPurge = Number.POSITIVE_INFINITY;

  constructor(settings: PoolSettings) {
    this.settings = settings;
  }

  key(name: string): KeyRecord | undefined {
    return this.keys.get(foldedName(name));
  }

  /** Makes one change. Records are replaced whole, never changed in place. */
  apply(change: Change): void {
    switch (change.type) {
      case 'putKey':
        this.#putKey(change.key);
        break;
      case 'dropKey':
        this.#dropKey(change.name);
        break;
      case 'putRoleDefinition':
        this.roleDefinitions.set(change.definition.name, change.definition);
        break;
      case 'dropRoleDefinition':
        this.roleDefinitions.delete(change.name);
        break;
      case 'putRoleAssignment':
        this.roleAssignments.set(change.assignment.name, change.assignment);
        break;
      case 'dropRoleAssignment':
        this.roleAssignments.delete(change.name);
        break;
      case 'moveClock':
        this.clockOffsetMs = change.offsetMs;
        break;
    }
  }

  /** The changes that lead from a new pool to this one. */
  changes(): Change[] {
    return [
      ...[...this.keys.values()].map((key) => ({ type: 'putKey' as const, key })),
      ...[...this.roleDefinitions.values()].map((definition) => ({
        type: 'putRoleDefinition' as const,
        definition,
      })),
      ...[...this.roleAssignments.values()].map((assignment) => ({
        type: 'putRoleAssignment' as const,
        assignment,
      })),
      { type: 'moveClock' as const, offsetMs: this.clockOffsetMs },
    ];
  }

  #putKey(key: KeyRecord): void {
    const before = this.key(key.name);
    // A key keeps the spelling of its creation. Pools of earlier versions compared names by letter case, too.
    if (before && before.name !== key.name) {
      throw new Error(
        `the pool has two keys whose names differ only in letter case, ${before.name} and ${key.name}`,
      );
    }
    this.keys.set(foldedName(key.name), key);
    this.activeKeys += Number(!key.deletion) - Number(before !== undefined && !before.deletion);
    this.nextOrder = Math.max(this.nextOrder, key.order + 1);
    if (key.deletion) this.nextPurge = Math.min(this.nextPurge, key.deletion.scheduledPurgeDate);
  }

  #dropKey(name: string): void {
    const before = this.key(name);
    if (before && !before.deletion) this.activeKeys -= 1;
    this.keys.delete(foldedName(name));
  }
}

/**
 * The purges that are due at `nowSeconds`: the service purges a soft-deleted key when its retention ends
 * (Microsoft Learn, "Managed HSM soft-delete overview").
 */
export function duePurges(state: PoolState, nowSeconds: number): Change[] {
  if (nowSeconds < state.nextPurge) return [];
  const due: Change[] = [];
  let next = Number.POSITIVE_INFINITY;
  for (const { name, deletion } of state.keys.values()) {
    if (!deletion) continue;
    if (deletion.scheduledPurgeDate <= nowSeconds) due.push({ type: 'dropKey', name });
    else next = Math.min(next, deletion.scheduledPurgeDate);
  }
  state.nextPurge = next;
  return due;
}
