/** What people decided about HSMs that are found: lines of the audit log, which nobody who only writes storage can make or drop. */
import { WardenError } from '../../core/errors.ts';
import type { Actor } from '../../core/model/names.ts';
import { sha256Hex } from '../../core/sha256.ts';
import type { AuditEvent } from '../audit/entry.ts';

const EVENTS = { excluded: 'hsm-excluded', added: 'hsm-added' } as const;

/**
 * That an HSM need not be protected, or that it is to be after all. `at`: the storage service's time, epoch milliseconds; `seq`: the number
 * of the line that says so.
 */
export interface FleetDecision {
  readonly kind: keyof typeof EVENTS;
  readonly by: Pick<Actor, 'id' | 'name'>;
  readonly at: number;
  readonly reason: string;
  readonly seq: number;
}

/** An HSM that people decided to protect, by a sealed line that says its address. */
export interface AddedHsm {
  readonly name: string;
  readonly url: string;
  readonly decision: FleetDecision;
}

/** Everything that is decided now. */
export interface FleetDecisions {
  /** The last decision about the resource of this id. */
  on(resource: string): FleetDecision | undefined;
  /** Each address once; nothing where decisions are not sealed. */
  readonly added: readonly AddedHsm[];
}

export const NOTHING_DECIDED: FleetDecisions = { on: () => undefined, added: [] };

/** The line of a decision about exactly this resource. With `address` an HSM that is added is protected there, and one that is excluded no more. */
export function decisionEvent(
  kind: FleetDecision['kind'],
  { name, resource }: { readonly name: string; readonly resource: string },
  actor: Actor,
  reason: string,
  address?: string,
): AuditEvent {
  return {
    event: EVENTS[kind],
    actor,
    decision: 'allowed',
    factId: name,
    digest: digestOf(resource),
    ...(address !== undefined && { address }),
    detail: reason,
  };
}

/** The failure of a decision about an HSM that no discovery knows. */
export function unknownHsm(name: string): WardenError {
  return new WardenError('hsm-unknown', {
    message: `No discovery has found an HSM ${name}.`,
    advice:
      'hsm-warden hsm list shows what was found. What WARDEN_HSMS names is protected without being found.',
    hsm: name,
  });
}

/** The events of decisions. */
export const DECISION_EVENTS: readonly string[] = Object.values(EVENTS);

/** What a line of this event decides; undefined where it decides nothing about HSMs. */
export function kindOf(event: string | undefined): FleetDecision['kind'] | undefined {
  if (event === EVENTS.excluded) return 'excluded';
  return event === EVENTS.added ? 'added' : undefined;
}

/** What a line names a resource by. */
export function digestOf(resource: string): string {
  return sha256Hex(resource.toLowerCase());
}
