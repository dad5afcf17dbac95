/** Keys that came back, as the HSM says: each must be the doing of the recovery app, of something that people approved. */
import { definedOnly } from '../../core/defined-only.ts';
import { WardenError } from '../../core/errors.ts';
import { isoTime } from '../../core/time.ts';
import type { Finding } from '../watch/model/events.ts';
import type { ApprovedRecoveries, Deed } from './approved-recoveries.ts';
import type { AuditRecord } from './audit-record.ts';

const ACTIONS: Readonly<Record<string, Deed['action']>> = { KeyRestore: 'restore', KeyRecover: 'recover' };

/** Whether the HSM says in a record that it restored or recovered a key. */
export function isBroughtBack({ operation, httpStatus }: AuditRecord): boolean {
  return (
    Object.hasOwn(ACTIONS, operation) && httpStatus !== undefined && httpStatus >= 200 && httpStatus < 300
  );
}

/** A failure that passes: the batch waits for it. The sealing keys are not waited for, for a scan needs none. */
export function isWorthWaiting(error: unknown): boolean {
  return error instanceof WardenError && error.transient && error.code !== 'seal-unavailable';
}

/**
 * The finding about a record of {@link isBroughtBack} on `hsm`; undefined for what the recovery app had claimed and done itself.
 * `recoveryPrincipal` is the object id of its identity: without one, who did it is not compared. The finding says so where nothing
 * could be compared, and where the record does not name the time, or neither key nor caller: one execution must not explain two keys. Fails with
 * codes that are {@link isWorthWaiting}.
 */
export async function judgeBroughtBack(
  approved: ApprovedRecoveries,
  hsm: string,
  record: AuditRecord,
  recoveryPrincipal: string | undefined,
): Promise<Finding | undefined> {
  const { operation, caller, at } = record;
  const key = record.key ?? record.returned;
  const action = ACTIONS[operation] ?? 'restore';
  const deed: Deed = { hsm, action, at, ...definedOnly({ key }) };
  const isOfApp =
    recoveryPrincipal === undefined || caller.objectId?.toLowerCase() === recoveryPrincipal.toLowerCase();
  const isOwn = isOfApp || caller.objectId === undefined;
  const common = {
    hsm,
    ...definedOnly({ key }),
    action,
    caller,
    ...(at === 0 ? {} : { broughtBackAt: isoTime(at) }),
  };
  // The same record read twice is the same event; the same key brought back again is another.
  const which = [action, at, caller.objectId ?? caller.appId ?? ''];
  // Judged otherwise when it is read again, it is another event, too: an id has one meaning.
  const found = (rest: Rest): Finding => ({
    kind: 'key-brought-back-unapproved',
    discriminator: JSON.stringify(rest.approval === 'none' ? which : [...which, rest.approval]),
    data: { ...common, ...rest },
  });
  try {
    const claimedBy = isOwn ? await approved.claimedBy(deed) : undefined;
    if (claimedBy !== undefined) {
      // A restore by anybody else than the app has another caller, so its record need not name the key.
      if (at !== 0 && (key !== undefined || isOfApp)) return undefined;
      return found({ severity: 'warning', approval: 'unknown', todo: compareWith(claimedBy, key) });
    }
    const noted =
      isOwn && recoveryPrincipal !== undefined && caller.objectId !== undefined
        ? undefined
        : await approved.noted(deed);
    if (noted !== undefined) {
      const { by, reason } = noted;
      return found({
        severity: 'warning',
        approval: 'noted',
        noted: { by, reason },
        todo: AFTER_BREAK_GLASS,
      });
    }
    return found({ severity: 'critical', approval: 'none', todo: WHAT_TO_DO });
  } catch (error) {
    if (isWorthWaiting(error)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return found({
      severity: 'critical',
      approval: 'unknown',
      todo: `${WHAT_TO_DO} Nothing could be compared: ${why}`,
    });
  }
}

type Rest = Pick<
  Extract<Finding, { kind: 'key-brought-back-unapproved' }>['data'],
  'severity' | 'approval' | 'noted' | 'todo'
>;

const WHAT_TO_DO =
  'Ask who did it. If nobody of yours did: disable the key, take the caller the right to restore and recover keys on this HSM, and treat it as an attack. If it was your break glass: note it (POST /api/break-glass), and end the repeats (hsm-warden ack).';

function compareWith(recoveryId: string, key: string | undefined): string {
  const missing = key === undefined ? 'which key it was' : 'when it was';
  return `Recovery ${recoveryId} fits, but the HSM’s record does not say ${missing}: it may have been another. See that no key is back on this HSM but those that were approved.`;
}

const AFTER_BREAK_GLASS =
  'It was noted as break glass. See that it was what was meant, and that the key is backed up.';
