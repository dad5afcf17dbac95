/** What a rule over the logs promises, and the rows that its samples are made of. */
import type { Row, Rows } from './kql-evaluate.ts';

/** One rule. */
export interface Alert {
  /** What docs/operations.md promises. */
  readonly promise: string;
  /** What makes it, where that is not every deployment of the product: a drill HSM that is named, or the template of the sealing vault. */
  readonly madeBy?: 'drill' | 'seals';
  readonly severity: 0 | 1 | 2 | 3;
  /** Minutes between two evaluations, at most. */
  readonly everyMinutes: number;
  /** Minutes that the query looks back. */
  readonly lookBackMinutes: number;
  /** Rows that make it fire, and the subject that it then names. */
  readonly fires: { readonly rows: Rows; readonly subject: string };
  /** More rows that make it fire, one set by one: ways that it must not miss. */
  readonly alsoFires?: readonly Rows[];
  /** Rows like those that must not. */
  readonly silent: Rows;
  /** More such rows, one set by one. */
  readonly alsoSilent?: readonly Rows[];
}

/** The moment of the samples. */
export const NOW = new Date('2026-11-24T12:00:00Z');

export function at(minutesAgo: number): string {
  return new Date(NOW.getTime() - minutesAgo * 60_000).toISOString();
}

export function line(message: string, fields: Row, minutesAgo = 3): Row {
  return { TimeGenerated: at(minutesAgo), Message: JSON.stringify({ message, ...fields }) };
}

export function event(type: string, fields: Row = {}, minutesAgo = 3): Row {
  return line('event', { id: '1', type, subject: 'hsms/contoso/keys/signing', ...fields }, minutesAgo);
}

/** A rule about one event: it fires for that one, and for no other. */
export function onEvent(
  promise: string,
  type: string,
  fields: Row,
  unlike: readonly Row[],
  rest: Pick<Alert, 'severity' | 'everyMinutes' | 'lookBackMinutes' | 'alsoFires'>,
): Alert {
  return {
    promise,
    ...rest,
    fires: { rows: { AppTraces: [event(type, fields)] }, subject: 'hsms/contoso/keys/signing' },
    silent: {
      AppTraces: [event('HsmWarden.Heartbeat'), event(type, fields, rest.lookBackMinutes + 5), ...unlike],
    },
  };
}

/** Where a rule finds the caller in the table of all resources. */
export const OBJECT_ID = 'identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_g';

/** What the audit log of an HSM says of its caller. */
export function identityOf(objectId: string): Row {
  return { claim: { http_schemas_microsoft_com_identity: { claims: { objectidentifier: objectId } } } };
}

export const QUICK = { everyMinutes: 5, lookBackMinutes: 15 };
export const SOON = { everyMinutes: 15, lookBackMinutes: 30 };
export const APP = '11111111-2222-3333-4444-555555555555';
export const RECOVERY_APP = '22222222-3333-4444-5555-666666666666';
export const DRILL_APP = '33333333-4444-5555-6666-777777777777';
/** Somebody who is no app of ours. */
export const SOMEBODY = '99999999-8888-7777-6666-555555555555';
const BLOB = 'https://st.blob.core.windows.net/key-backups/contoso/signing';

export function blobCall(fields: Row): Row {
  return {
    TimeGenerated: at(4),
    OperationName: 'PutBlob',
    AuthenticationType: 'OAuth',
    StatusText: 'Success',
    Uri: BLOB,
    RequesterObjectId: APP,
    ...fields,
  };
}

/** The placeholders that the deployment fills, as the samples have them. */
export const SAMPLE_VALUES: Readonly<Record<string, string>> = {
  hsms: '["contoso"]',
  fedHsms: '["contoso"]',
  loggedHsms: '["contoso"]',
  backupsAccount: "'stbackups'",
  queueAccount: "'stqueues'",
  sealVault: "'kv-seals'",
  sealBackup: `'${APP}'`,
  sealRecovery: `'${RECOVERY_APP}'`,
  sealDrill: `'${DRILL_APP}'`,
  ownHsms: "'contoso'",
  sweepHours: '27',
  principals: `'${APP}'`,
  recovery: `'${APP}'`,
  drillHsms: "'drill'",
  drillNames: '["drill"]',
  drill: `'${APP}'`,
};
