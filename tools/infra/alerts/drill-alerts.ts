/** Rules about restore drills. Without a drill HSM no line that they look for is written. */
import type { Row } from './kql-evaluate.ts';
import {
  type Alert,
  APP,
  at,
  event,
  identityOf,
  line,
  OBJECT_ID,
  onEvent,
  QUICK,
  SOMEBODY,
  SOON,
} from './samples.ts';

const ENDED = 'drills ended';

/** A use of a key in the audit log of a drill HSM. */
function useOf(fields: Row): Row {
  return {
    TimeGenerated: at(20),
    OperationName: 'KeySign',
    HttpStatusCode: 200,
    RequestUri: 'https://drill.managedhsm.azure.net/keys/orders/0123456789abcdef0123456789abcdef/sign',
    Identity: identityOf(SOMEBODY),
    ...fields,
  };
}

/** The same in the table of all resources. */
function inDiagnostics(fields: Row): Row {
  return {
    TimeGenerated: at(20),
    ResourceProvider: 'MICROSOFT.KEYVAULT',
    ResourceType: 'MANAGEDHSMS',
    OperationName: 'KeySign',
    requestUri_s: 'https://drill.managedhsm.azure.net/keys/orders/0123456789abcdef0123456789abcdef/sign',
    httpStatusCode_d: 200,
    [OBJECT_ID]: SOMEBODY,
    ...fields,
  };
}

export const DRILL_ALERTS: Readonly<Record<string, Alert>> = {
  'drill-failed': onEvent(
    'A recovery point that a drill could not bring its key back from is reported, and so are drills that cannot fail.',
    'HsmWarden.DrillFailed',
    {},
    [event('HsmWarden.DrillEnded')],
    { severity: 0, ...QUICK, alsoFires: [{ AppTraces: [event('HsmWarden.DrillBroken')] }] },
  ),
  'drill-refused': onEvent(
    'A drill HSM that may not be used, as when somebody else uses it, and copies that stay in it are reported.',
    'HsmWarden.DrillRefused',
    { residue: 1 },
    [event('HsmWarden.DrillEnded')],
    { severity: 1, ...SOON },
  ),
  'no-drill': {
    promise:
      'Where drills run, each key is proven in time, and a drill app that is dead is reported while it is.',
    madeBy: 'drill',
    severity: 2,
    everyMinutes: 60,
    lookBackMinutes: 3 * 60,
    fires: { rows: { AppTraces: [line(ENDED, { hsm: 'drill' }, 4 * 60)] }, subject: 'drill' },
    alsoFires: [
      // Dead for days: nothing of it is in the log that a query may read.
      {},
      { AppTraces: [line(ENDED, { hsm: 'another' }, 30)] },
      { AppTraces: [event('HsmWarden.DrillOverdue', {}, 90), line(ENDED, { hsm: 'drill' }, 30)] },
      { AppTraces: [line('no drill: the drill HSM may not be used', { hsm: 'drill' }, 5 * 60)] },
    ],
    silent: {
      AppTraces: [
        line(ENDED, { hsm: 'Drill' }, 2 * 60),
        line('drills ended with keys that are not proven', { hsm: 'another' }, 4 * 60),
        event('HsmWarden.DrillOverdue', {}, 3 * 60),
      ],
    },
    alsoSilent: ['drills ended with keys that are not proven', 'no drill: the drill HSM may not be used'].map(
      (message) => ({ AppTraces: [line(message, { hsm: 'drill' }, 2 * 60)] }),
    ),
  },
  'drill-hsm-used': {
    promise:
      'A use of a key in a drill HSM by anybody but the drill app is reported, by the drill HSM itself.',
    madeBy: 'drill',
    severity: 0,
    everyMinutes: 15,
    lookBackMinutes: 60,
    fires: { rows: { AZKVAuditLogs: [useOf({})] }, subject: 'drill' },
    alsoFires: [
      { AZKVAuditLogs: [useOf({ OperationName: 'KeyGet' })] },
      { AZKVAuditLogs: [useOf({ Identity: undefined })] },
      { AzureDiagnostics: [inDiagnostics({})] },
    ],
    silent: {
      AZKVAuditLogs: [
        useOf({ Identity: identityOf(APP) }),
        // A first request without a token is refused and says where to sign in.
        useOf({ Identity: undefined, HttpStatusCode: 401 }),
        useOf({ RequestUri: 'https://contoso.managedhsm.azure.net/keys/orders/sign' }),
        useOf({ OperationName: 'RoleAssignmentList' }),
        useOf({ TimeGenerated: at(70) }),
      ],
      AzureDiagnostics: [inDiagnostics({ [OBJECT_ID]: APP }), inDiagnostics({ ResourceType: 'VAULTS' })],
    },
  },
  'drill-log-missing': {
    promise:
      'A drill HSM whose audit log is missing is reported while it is: who else uses it would go unseen.',
    madeBy: 'drill',
    severity: 1,
    everyMinutes: 60,
    lookBackMinutes: 120,
    fires: {
      rows: {
        AppTraces: [line(ENDED, { hsm: 'drill' }, 130)],
        AZKVAuditLogs: [useOf({ TimeGenerated: at(125) })],
      },
      subject: 'drill',
    },
    alsoFires: [
      {
        AppTraces: [line('drills ended with keys that are not proven', { hsm: 'Drill' }, 230)],
        AZKVAuditLogs: [useOf({ RequestUri: 'https://contoso.managedhsm.azure.net/keys' })],
        AzureDiagnostics: [inDiagnostics({ ResourceType: 'VAULTS' })],
      },
    ],
    silent: {
      AppTraces: [line(ENDED, { hsm: 'drill' }, 130)],
      AZKVAuditLogs: [useOf({ TimeGenerated: at(115) })],
    },
    alsoSilent: [
      { AppTraces: [line(ENDED, { hsm: 'drill' }, 130)], AzureDiagnostics: [inDiagnostics({})] },
      // Drills run for less than two hours; none runs, which no-drill reports.
      { AppTraces: [line(ENDED, { hsm: 'drill' }, 110)] },
      {},
    ],
  },
};
