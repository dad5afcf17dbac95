/** Reports keys that came back without a decision: by the outbox of the watch, or past it where that cannot be written. */
import type { Finding } from '../watch/model/events.ts';
import { toEvent } from '../watch/model/events.ts';
import { announce, type OutboxDeps, publishOutbox } from '../watch/outbox.ts';
import type { ApprovedRecoveries } from './approved-recoveries.ts';
import type { AuditRecord } from './audit-record.ts';
import { isWorthWaiting, judgeBroughtBack } from './brought-back.ts';

/** What reporting needs. */
export interface ReportDeps extends OutboxDeps {
  /** Object id of the recovery app's identity. */
  readonly recoveryPrincipal?: string;
  readonly signal: AbortSignal;
}

/**
 * Judges the records and reports what nobody had approved; returns how many those are. Stored before they are published: a batch that is
 * given again reports the same events. Fails with codes that pass; the partition of the log may wait for nothing else.
 */
export async function reportBroughtBack(
  deps: ReportDeps,
  approved: ApprovedRecoveries,
  hsm: string,
  broughtBack: readonly AuditRecord[],
): Promise<number> {
  const findings: Finding[] = [];
  for (const record of broughtBack) {
    const finding = await judgeBroughtBack(approved, hsm, record, deps.recoveryPrincipal);
    if (finding !== undefined) findings.push(finding);
  }
  if (findings.length > 0) await report(deps, hsm, findings);
  return findings.length;
}

async function report(deps: ReportDeps, hsm: string, findings: readonly Finding[]): Promise<void> {
  const { logger, signal, bus, clock } = deps;
  try {
    const posted = await announce(deps, hsm, findings);
    await publishOutbox(deps, hsm, posted, signal);
  } catch (error) {
    if (isWorthWaiting(error)) throw error;
    const events = findings.map((finding) => toEvent(finding, clock.now()));
    logger.error('keys that came back are reported without being kept', { hsm, error, events });
    try {
      await bus.sendOnce(events, { logger, signal });
    } catch (refusal) {
      if (isWorthWaiting(refusal)) throw refusal;
      logger.error('keys that came back could not be reported', { hsm, error: refusal, events });
    }
  }
}
