/** What people decided about HSMs that are found: lines of the audit log, which nobody who only writes storage can make or drop. */
import { isWardenError, WardenError } from '../../core/errors.ts';
import { hsmHost } from '../../core/model/hsm-address.ts';
import type { Actor } from '../../core/model/names.ts';
import { Serializer } from '../../core/serializer.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { type AuditPart, comparePart } from '../audit/audit-log.ts';
import { type DecisionLog, decisionOf } from '../audit/decision-lines.ts';
import type { AuditEvent } from '../audit/entry.ts';
import { type DecisionJudge, judgeOf } from '../audit/line-seals.ts';
import { isHsmAddress } from './settings.ts';

const EVENTS = { excluded: 'hsm-excluded', added: 'hsm-added' } as const;

/** Parts read concurrently. */
const READS_AT_ONCE = 16;

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

/** The log, and which address it may have protected. */
export interface FleetLog extends DecisionLog {
  /** What the hosts of HSMs end with: whatever a line says, no other is protected, for it would be sent tokens. */
  readonly hosts: string;
  /** The addresses of drill HSMs, where keys are purged: what a line says of these is no protection. */
  readonly drills?: readonly string[];
}

/** A decision as its line says it. */
interface Line {
  readonly decision: FleetDecision;
  readonly segment: string | undefined;
  readonly name: string;
  readonly address: string | undefined;
}

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

/** Reads decisions. One for each process: it reads the whole log once, and then what was appended. */
export class DecisionReader {
  readonly #log: FleetLog;
  readonly #serializer = new Serializer();
  /** By segment, how far it was read. */
  readonly #read = new Map<string | undefined, { readonly part: AuditPart; readonly bytes: number }>();
  /** By the digest of the resource. */
  readonly #last = new Map<string, Line>();

  constructor(log: FleetLog) {
    this.#log = log;
  }

  /** Fails with `seal-unavailable` and the storage codes; what was read until then need not be read again. */
  read(): Promise<FleetDecisions> {
    return this.#serializer.run(async () => {
      const { auditStore, anchor, decisions } = this.#log;
      const judge = await judgeOf(decisions);
      const current = await currentSegment(anchor);
      // Every segment, whatever the anchor in the state says is the current one.
      for (const segment of [undefined, ...(await auditStore.segments())])
        await this.#advance(segment, judge);
      return decided([...this.#last], this.#log, current);
    });
  }

  async #advance(segment: string | undefined, judge: DecisionJudge): Promise<void> {
    const { auditStore } = this.#log;
    const before = this.#read.get(segment);
    const parts: AuditPart[] = [];
    for await (const part of auditStore.parts(segment))
      if (before === undefined || comparePart(part, before.part) >= 0) parts.push(part);
    for (let start = 0; start < parts.length; start += READS_AT_ONCE) {
      const texts = await Promise.all(
        parts.slice(start, start + READS_AT_ONCE).map(async (part) => {
          const from = before !== undefined && comparePart(part, before.part) === 0 ? before.bytes : 0;
          return { part, from, text: await auditStore.read(part, from) };
        }),
      );
      for (const { part, from, text } of texts) {
        const whole = text.slice(0, text.lastIndexOf('\n') + 1);
        for (const line of whole.split('\n')) this.#take(line, segment, judge);
        // Bytes that are no text have another length as text: what follows them is read again, so that no decision is passed over.
        const sure = whole.slice(0, whole.lastIndexOf('\n', wrongAt(whole)) + 1);
        this.#read.set(segment, { part, bytes: from + Buffer.byteLength(sure) });
      }
    }
  }

  #take(text: string, segment: string | undefined, judge: DecisionJudge): void {
    const entry = decisionOf(text, Object.values(EVENTS), judge);
    const kind = kindOf(entry?.event);
    if (entry?.digest === undefined || kind === undefined) return;
    const { digest, actor, at, seq, detail = '', factId: name = '', address } = entry;
    const before = this.#last.get(digest);
    // A line that somebody copied to a later place is no later decision.
    if (before !== undefined && (before.decision.at - at || before.decision.seq - seq) >= 0) return;
    const decision = { kind, by: { id: actor.id, name: actor.name }, at, reason: detail, seq };
    this.#last.set(digest, { decision, segment, name, address });
  }
}

/** Undefined in the first segment; `null` where the anchor says nothing that can be read: whoever writes the state could have seen to that. */
async function currentSegment(anchor: FleetLog['anchor']): Promise<string | undefined | null> {
  try {
    return (await anchor.read())?.segment?.name;
  } catch (error) {
    if (!isWardenError(error, 'audit-corrupt')) throw error;
    return null;
  }
}

/** Where the first bytes are that are no text; the end where all are. */
function wrongAt(text: string): number {
  const at = text.indexOf('\uFFFD');
  return at < 0 ? text.length : at;
}

function decided(
  all: readonly (readonly [digest: string, line: Line])[],
  { decisions, hosts, drills = [] }: FleetLog,
  current: string | undefined | null,
): FleetDecisions {
  const lines = new Map(all);
  const added = new Map<string, AddedHsm>();
  const purged = new Set(drills.map((url) => keyOf(url, hosts)));
  for (const { decision, name, address } of [...lines.values()].sort(
    (a, b) => a.decision.at - b.decision.at || a.decision.seq - b.decision.seq,
  )) {
    if (decisions === undefined || address === undefined || !isHsmAddress(address, { hosts })) continue;
    const key = keyOf(address, hosts);
    // An HSM that was made again has another resource id, and is at the same address: the last decision about that counts.
    if (decision.kind === 'excluded' || purged.has(key)) added.delete(key);
    else added.set(key, { name, url: address, decision });
  }
  return {
    on: (resource) => {
      const line = lines.get(digestOf(resource));
      // Of a log in which something was found, what makes an HSM nobody's business counts no more; what protects one does.
      const isForgotten = line?.decision.kind === 'excluded' && line.segment !== current;
      return isForgotten ? undefined : line?.decision;
    },
    added: [...added.values()],
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

/** On this machine several HSMs may be behind one host. */
function keyOf(url: string, hosts: string): string {
  return hosts === 'loopback' ? new URL(url).origin : hsmHost(url);
}

function kindOf(event: string | undefined): FleetDecision['kind'] | undefined {
  if (event === EVENTS.excluded) return 'excluded';
  return event === EVENTS.added ? 'added' : undefined;
}

function digestOf(resource: string): string {
  return sha256Hex(resource.toLowerCase());
}
