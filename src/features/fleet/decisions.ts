/** What people decided about HSMs that are found: lines of the audit log, which nobody who only writes storage can make or drop. */
import { WardenError } from '../../core/errors.ts';
import type { Actor } from '../../core/model/names.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { type AuditAnchor, type AuditPart, type AuditStore, comparePart } from '../audit/audit-log.ts';
import { type AuditEvent, isIntact, parseEntry } from '../audit/entry.ts';
import { type DecisionSeals, judgeOf } from '../audit/line-seals.ts';

const EVENTS = { excluded: 'hsm-excluded', added: 'hsm-added' } as const;

/** Parts read concurrently. */
const READS_AT_ONCE = 16;

/** That an HSM need not be protected, or that it is to be after all. `at`: the storage service's time, epoch milliseconds. */
export interface FleetDecision {
  readonly kind: keyof typeof EVENTS;
  readonly by: Pick<Actor, 'id' | 'name'>;
  readonly at: number;
  readonly reason: string;
}

/** The log, and what judges its seals where decisions are sealed. */
export interface DecisionLog {
  readonly auditStore: AuditStore;
  readonly anchor: Pick<AuditAnchor, 'read'>;
  readonly decisions: Pick<DecisionSeals, 'judge'> | undefined;
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
 * of one without a decision, all of it. A line that was changed is none, and where decisions are sealed, one without a good seal. Fails
 * with `seal-unavailable` and the storage codes.
 */
export async function fleetDecisions(
  { auditStore, anchor, decisions }: DecisionLog,
  resources: readonly string[],
): Promise<ReadonlyMap<string, FleetDecision>> {
  const found = new Map<string, FleetDecision>();
  const wanted = new Map(resources.map((resource) => [digestOf(resource), resource.toLowerCase()]));
  if (wanted.size === 0) return found;
  const judge = await judgeOf(decisions);
  const parts: AuditPart[] = [];
  const segment = (await anchor.read())?.segment?.name;
  for await (const part of auditStore.parts(segment)) parts.push(part);
  parts.sort((a, b) => comparePart(b, a));
  for (let start = 0; start < parts.length && found.size < wanted.size; start += READS_AT_ONCE) {
    const texts = await Promise.all(
      parts.slice(start, start + READS_AT_ONCE).map((part) => auditStore.read(part)),
    );
    for (const line of texts.flatMap((text) => text.split('\n').reverse())) {
      const entry = line.includes('"hsm-') ? parseEntry(line) : undefined;
      const kind = kindOf(entry?.event);
      const resource = wanted.get(entry?.digest ?? '');
      if (entry === undefined || kind === undefined || resource === undefined || found.has(resource))
        continue;
      if (!isIntact(entry) || !judge.line(entry).good) continue;
      const { actor, at, detail = '' } = entry;
      found.set(resource, { kind, by: { id: actor.id, name: actor.name }, at, reason: detail });
    }
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
