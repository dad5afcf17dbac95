/** What follows from the lines of decisions: which HSMs people added, and what holds of each resource. Pure. */
import { hsmHost } from '../../core/model/hsm-address.ts';
import type { DecisionSeals } from '../audit/line-seals.ts';
import { type AddedHsm, digestOf, type FleetDecision, type FleetDecisions } from './decisions.ts';
import { isHsmAddress } from './settings.ts';

/** A decision as its line says it. */
export interface DecisionLine {
  readonly decision: FleetDecision;
  readonly segment: string | undefined;
  readonly name: string;
  readonly address: string | undefined;
}

/** The last line about each resource, by what lines name it by. */
export type LastLines = ReadonlyMap<string, DecisionLine>;

/** Which address a line may have protected. */
export interface Protectable {
  /** What judges lines; undefined where decisions are not sealed: then none protects anything. */
  readonly decisions: Pick<DecisionSeals, 'judge'> | undefined;
  /** What the hosts of HSMs end with: whatever a line says, no other is protected, for it would be sent tokens. */
  readonly hosts: string;
  /** The addresses of drill HSMs, where keys are purged: what a line says of these is no protection. */
  readonly drills?: readonly string[];
}

/** The HSMs that people added, each address once. */
export function addedBy(lines: LastLines, protectable: Protectable): readonly AddedHsm[] {
  const { decisions, hosts, drills = [] } = protectable;
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
  return [...added.values()];
}

/** Everything that is decided. `current`: the segment of the log that goes on; `null` where that cannot be read. */
export function decidedBy(
  lines: LastLines,
  protectable: Protectable,
  current: string | undefined | null,
): FleetDecisions {
  return {
    on: (resource) => {
      const line = lines.get(digestOf(resource));
      // Of a log in which something was found, what makes an HSM nobody's business counts no more; what protects one does.
      const isForgotten = line?.decision.kind === 'excluded' && line.segment !== current;
      return isForgotten ? undefined : line?.decision;
    },
    added: addedBy(lines, protectable),
  };
}

/** On this machine several HSMs may be behind one host. */
function keyOf(url: string, hosts: string): string {
  return hosts === 'loopback' ? new URL(url).origin : hsmHost(url);
}
