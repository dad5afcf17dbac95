/** Says what a record of the audit log calls for. */
import type { AuditRecord } from './audit-record.ts';

/** Operations after which a key may differ from its backup. Names: Key Vault logging, https://learn.microsoft.com/azure/key-vault/general/logging */
const CHANGES = new Set([
  'KeyCreate',
  'KeyImport',
  'KeyRotate',
  'KeyRotateIfDue',
  'KeyUpdate',
  'KeyRestore',
  'KeyRecover',
]);
/** Operations that need the key: refused while it is deleted, they show that somebody misses it. */
const USES = new Set([
  'KeySign',
  'KeyVerify',
  'KeyWrap',
  'KeyUnwrap',
  'KeyEncrypt',
  'KeyDecrypt',
  'KeyRelease',
  'KeyGet',
  'KeyUpdate',
  'KeyRotate',
]);
/** Known, and of no interest here. */
const OTHERS = new Set([
  'KeyList',
  'KeyListVersions',
  'KeyGetDeleted',
  'KeyListDeleted',
  'KeyBackup',
  'KeyRotationPolicyGet',
  'KeyRotationPolicySet',
  'BackupCreate',
  'Authentication',
]);

/** The product's own requests say so in their user agent; it reads deleted keys all the time. */
const OWN_AGENT = /\bhsm-warden\b/;

/** What to do about a record. */
export type Effect = 'back-up' | 'scan' | 'deleted' | 'purged' | 'refused-use' | 'none' | 'unknown';

/** The effect of one record. The log writes `Success` for refused requests too: only the status reports. */
export function effectOf({ operation, key, httpStatus, clientInfo, unclear }: AuditRecord): Effect {
  if (unclear === true) return 'scan';
  const succeeded = httpStatus === undefined || (httpStatus >= 200 && httpStatus < 300);
  if (operation === 'KeyDelete') return !succeeded ? 'none' : key === undefined ? 'scan' : 'deleted';
  // Without a status nothing is claimed: the scan finds out.
  if (operation === 'KeyPurge')
    return !succeeded ? 'none' : httpStatus === undefined || key === undefined ? 'scan' : 'purged';
  if (succeeded && CHANGES.has(operation)) return key === undefined ? 'scan' : 'back-up';
  if (!succeeded && USES.has(operation))
    return isRefusal(httpStatus, operation, clientInfo) ? 'refused-use' : 'none';
  return CHANGES.has(operation) || USES.has(operation) || OTHERS.has(operation) ? 'none' : 'unknown';
}

/** 404 is what a Managed HSM answers about a deleted key; 403 and 409 are taken in too, the scan checks the key itself. */
function isRefusal(httpStatus: number, operation: string, clientInfo: string): boolean {
  if (operation === 'KeyGet' && OWN_AGENT.test(clientInfo)) return false;
  return httpStatus === 404 || httpStatus === 403 || httpStatus === 409;
}
