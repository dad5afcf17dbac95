/** Acknowledged findings, as the audit log has them: nothing else says that a person has taken note of a loss. */
import type { Actor } from '../../core/model/names.ts';
import { DAY_MS } from '../../core/time.ts';
import { type DecisionLog, decisionLines } from './decision-lines.ts';
import type { AuditEntry, AuditEvent } from './entry.ts';

const EVENT = 'finding-acknowledged';

/** What is acknowledged. */
interface Acknowledged {
  readonly id: string;
  readonly hsm: string;
  readonly key: string;
  /** Since when it is known, epoch milliseconds: nobody took note of it before. */
  readonly noticedAt?: number | undefined;
}

/** What the clocks of the app and of the storage service may differ by, and more. */
const MARGIN_MS = 2 * DAY_MS;

/** Who took note of a finding, when (the storage service's time, epoch milliseconds), and why no more is to be done about it. */
export interface Acknowledgement {
  readonly by: Pick<Actor, 'id' | 'name'>;
  readonly at: number;
  readonly reason: string;
}

/** The line that acknowledges a finding. */
export function acknowledgementEvent(finding: Acknowledged, by: Actor, reason: string): AuditEvent {
  const { id, hsm, key } = finding;
  return { event: EVENT, actor: by, decision: 'allowed', factId: id, hsm, key, detail: reason };
}

/**
 * The acknowledgements of `findings`, by id. Reads the log from its end, until each is found or the oldest was not known yet:
 * without findings it reads nothing. Of several the newest counts. Fails with `seal-unavailable` and the storage codes.
 */
export async function acknowledgementsOf(
  log: DecisionLog,
  findings: readonly Acknowledged[],
): Promise<ReadonlyMap<string, Acknowledgement>> {
  const found = new Map<string, Acknowledgement>();
  if (findings.length === 0) return found;
  const wanted = new Map(findings.map((finding) => [finding.id, finding]));
  for await (const entry of decisionLines(log, [EVENT], sinceOf(findings))) {
    const { factId = '', hsm, key } = entry;
    const finding = wanted.get(factId);
    if (finding === undefined || finding.hsm !== hsm || finding.key !== key || found.has(factId)) continue;
    found.set(factId, madeFrom(entry));
    if (found.size === wanted.size) break;
  }
  return found;
}

/** Before it nobody can have taken note of any of them; undefined where that is not known. */
function sinceOf(findings: readonly Acknowledged[]): number | undefined {
  const times = findings.map(({ noticedAt }) => noticedAt).filter((at) => at !== undefined);
  return times.length < findings.length ? undefined : Math.max(0, Math.min(...times) - MARGIN_MS);
}

function madeFrom({ actor, at, detail = '' }: AuditEntry): Acknowledgement {
  return { by: { id: actor.id, name: actor.name }, at, reason: detail };
}
