/** What somebody who can write the containers of the state and of the audit log can make of both: whole in itself, but for the seals. */
import type { Seal } from '../../../src/core/seal/seal.ts';
import {
  type AuditEntry,
  type AuditEvent,
  type ChainTip,
  EMPTY_CHAIN,
  entryLine,
  entryOf,
  lineBody,
  parseEntry,
} from '../../../src/features/audit/entry.ts';
import { requestDigest } from '../../../src/features/recovery/model/digest.ts';
import type { RecoveryRecord } from '../../../src/features/recovery/model/record.ts';
import { anApprovedRequest, person } from '../recovery-builders.ts';
import type { RecoveryWorld } from '../recovery-world.ts';

/** A line as its forger wants it: any event, and a seal from wherever. */
export interface ForgedLine {
  readonly event: AuditEvent;
  readonly seal?: Seal | undefined;
}

/** The entries of the log, as they stand. */
export function entriesOf(world: RecoveryWorld): readonly AuditEntry[] {
  return world.auditStore.lines.flatMap((line) => parseEntry(line) ?? []);
}

/** Makes the log end with `lines` after its first `kept`, chained as they must be, and moves what remembers its end. */
export function rewriteLog(world: RecoveryWorld, kept: number, lines: readonly ForgedLine[]): void {
  const before = entriesOf(world).slice(0, kept);
  const entries: AuditEntry[] = [...before];
  let tip: ChainTip = before.at(-1) ?? EMPTY_CHAIN;
  for (const { event, seal } of lines) {
    const now = world.clock.now();
    const entry = entryOf(lineBody(tip, event, now, now, seal !== undefined), seal);
    entries.push(entry);
    tip = { seq: entry.seq, hash: entry.hash };
  }
  world.auditStore.rewrite(() => entries.map((entry) => entryLine(entry).trimEnd()));
  world.anchor.tip = { seq: tip.seq, hash: tip.hash };
}

/** The event of a stored entry, to be said again. */
export function eventOf(entry: AuditEntry): AuditEvent {
  const { format: _f, seq: _s, at: _a, occurredAt: _o, prev: _p, hash: _h, seal: _seal, ...said } = entry;
  const { resource: _resource, ...event } = said;
  return event;
}

/** The lines that a request with its approvals would have. */
export function linesOf(record: RecoveryRecord, seals: readonly (Seal | undefined)[] = []): ForgedLine[] {
  const about = {
    recoveryId: record.id,
    hsm: record.operation.hsm,
    key: record.operation.key,
    digest: record.digest,
    decision: 'allowed' as const,
  };
  const asked: AuditEvent = { ...about, event: 'recovery-requested', actor: record.requester };
  const approved = record.approvals.map(({ by, groups }): AuditEvent => {
    return { ...about, event: 'recovery-approval-given', actor: by, groups: [...groups] };
  });
  return [asked, ...approved].map((event, index) => ({ event, seal: seals[index] }));
}

/** An approved request that nobody ever made, in the state container. */
export function plantRequest(world: RecoveryWorld, key: string, id = 'z'.repeat(26)): RecoveryRecord {
  const now = world.clock.now();
  const operation = { action: 'recover', hsm: 'contoso', target: 'contoso', key } as const;
  const made = anApprovedRequest(['mallory', 'trudy'], { id, operation });
  const moved = { ...made, createdAt: now - 1, expiresAt: now + 3_600_000 };
  const digest = requestDigest(moved);
  const approvals = ['mallory', 'trudy'].map((who) => ({ by: person(who), groups: [], digest, at: now }));
  const record: RecoveryRecord = { ...moved, digest, approvals, untold: [], audited: moved.facts };
  world.plant(id, record);
  return record;
}
