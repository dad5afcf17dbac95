/** What people decided about HSMs that are found: lines of the audit log, which nobody who only writes storage can make or drop. */
import { WardenError } from '../../core/errors.ts';
import type { Actor } from '../../core/model/names.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { type DecisionLog, decisionLines } from '../audit/decision-lines.ts';
import type { AuditEvent } from '../audit/entry.ts';

const EVENTS = { excluded: 'hsm-excluded', added: 'hsm-added' } as const;

/** That an HSM need not be protected, or that it is to be after all. `at`: the storage service's time, epoch milliseconds. */
export interface FleetDecision {
  readonly kind: keyof typeof EVENTS;
  readonly by: Pick<Actor, 'id' | 'name'>;
  readonly at: number;
  readonly reason: string;
}

/** The line of a decision about exactly this resource. */
export function decisionEvent(
  kind: FleetDecision['kind'],
  { name, resource }: { readonly name: string; readonly resource: string },
  actor: Actor,
  reason: string,
): AuditEvent {
  const event = EVENTS[kind];
  return { event, actor, decision: 'allowed', factId: name, digest: digestOf(resource), detail: reason };
}

/**
 * The last decision about each of these resources, by the resource id in lower case. It reads the log from its end until each has one:
 * of one without a decision, all of it. Fails with `seal-unavailable` and the storage codes.
 */
export async function fleetDecisions(
  log: DecisionLog,
  resources: readonly string[],
): Promise<ReadonlyMap<string, FleetDecision>> {
  const found = new Map<string, FleetDecision>();
  const wanted = new Map(resources.map((resource) => [digestOf(resource), resource.toLowerCase()]));
  if (wanted.size === 0) return found;
  for await (const { event, actor, at, digest = '', detail = '' } of decisionLines(
    log,
    Object.values(EVENTS),
  )) {
    const kind = kindOf(event);
    const resource = wanted.get(digest);
    if (kind === undefined || resource === undefined || found.has(resource)) continue;
    found.set(resource, { kind, by: { id: actor.id, name: actor.name }, at, reason: detail });
    if (found.size === wanted.size) break;
  }
  return found;
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

function kindOf(event: string | undefined): FleetDecision['kind'] | undefined {
  if (event === EVENTS.excluded) return 'excluded';
  return event === EVENTS.added ? 'added' : undefined;
}

function digestOf(resource: string): string {
  return sha256Hex(resource.toLowerCase());
}
