/** Every promise of docs/operations.md, and every situation in which somebody must hear of it: which rules fire, and how loudly. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../src/platform/events.ts';
import { ALERTS } from '../../tools/infra/alerts/catalogue.ts';
import { evaluateQuery, type Rows } from '../../tools/infra/alerts/kql-evaluate.ts';
import { parseQuery } from '../../tools/infra/alerts/kql-parse.ts';
import { reportsChange, reportsMetric } from '../../tools/infra/alerts/platform-samples.ts';
import { DEAD_APP, PROMISES } from '../../tools/infra/alerts/promises.ts';
import {
  APP,
  at,
  blobCall,
  event,
  identityOf,
  line,
  NOW,
  SAMPLE_VALUES,
} from '../../tools/infra/alerts/samples.ts';
import { filled } from '../../tools/infra/alerts/try-samples.ts';
import { PUBLIC_CLOUD } from '../../tools/infra/clouds.ts';
import { evaluated } from '../../tools/infra/evaluated.ts';
import { ofType, Snapshot } from '../../tools/infra/snapshot.ts';

/** A deployment of two HSMs, and a drill HSM. */
const VALUES = {
  ...SAMPLE_VALUES,
  hsms: '["contoso","fabrikam"]',
  fedHsms: '["contoso","fabrikam"]',
  loggedHsms: '["contoso","fabrikam"]',
  ownHsms: "'contoso', 'fabrikam'",
};
const QUERIES = new Map(
  readdirSync('infra/queries').map((file) => {
    const text = readFileSync(`infra/queries/${file}`, 'utf8');
    return [file.replace(/\.kql$/, ''), parseQuery(filled(text, VALUES))] as const;
  }),
);
const DAY = 24 * 60;

/** What each rule fires for, as `rule: subject`. */
function firing(rows: Rows): readonly string[] {
  return [...QUERIES].flatMap(([name, query]) =>
    evaluateQuery(query, rows, NOW).map(({ Subject }) => `${name}: ${String(Subject)}`),
  );
}

/** The lines of two HSMs that are watched, backed up and verified, and of apps that live. */
function healthy({ but = [] as readonly string[] } = {}): Rows {
  const hsms = ['contoso', 'fabrikam'];
  const lines = hsms.flatMap((hsm) => [
    ...[5, 20, 35, 130, 2 * DAY - 60].map((minutes) =>
      line('watch looked', { hsm, ok: true, open: {} }, minutes),
    ),
    line('sweep ended', { hsm }, 8 * 60),
    line('verification ended', { hsm }, 6 * 60),
    line('audit records read', { records: 2, heard: [hsm] }, 10),
  ]);
  const drills = [30, 150].map((minutes) => line('drills ended', { hsm: 'drill' }, minutes));
  const heights = [3, 150].map((minutes) => line('audit log height', { height: 42, hash: '1' }, minutes));
  return {
    AppTraces: [...lines, ...drills, ...heights].filter(
      ({ Message }) => !but.some((text) => String(Message).includes(text)),
    ),
    AppRequests: but.includes('recoveryReconcile')
      ? []
      : [{ TimeGenerated: at(4), Name: 'recoveryReconcile', ResultCode: '0', Success: true, Url: '' }],
    ...(but.includes('AZKVAuditLogs') ? {} : { AZKVAuditLogs: LISTED }),
    ...(but.includes('StorageBlobLogs') ? {} : { StorageBlobLogs: BLOBS_READ }),
    ...(but.includes('StorageQueueLogs') ? {} : { StorageQueueLogs: QUEUED }),
  };
}

/** What the logs of the services say while nothing is wrong. */
const LISTED = ['contoso', 'fabrikam', 'drill'].map((hsm) => ({
  TimeGenerated: at(12),
  OperationName: 'KeyList',
  HttpStatusCode: 200,
  RequestUri: `https://${hsm}.managedhsm.azure.net/keys`,
  Identity: identityOf(APP),
}));
const BLOBS_READ = [blobCall({ AccountName: 'stbackups', OperationName: 'GetBlobProperties' })];
const QUEUED = [
  {
    TimeGenerated: at(12),
    AccountName: 'stqueues',
    OperationName: 'PutMessage',
    Uri: 'https://stqueues.queue.core.windows.net/watch-looks/messages',
  },
];

function good(table: string): Rows[keyof Rows] {
  return Object.entries(healthy()).find(([name]) => name === table)?.[1];
}

function healthyWith(rows: Rows): Rows {
  const tables = Object.entries(rows).map(
    ([table, added]) => [table, [...(good(table) ?? []), ...added]] as const,
  );
  return { ...healthy(), ...Object.fromEntries(tables) };
}

const HSM = 'https://contoso.managedhsm.azure.net';
const record = {
  TimeGenerated: at(20),
  HttpStatusCode: 200,
  RequestUri: `${HSM}/keys/restore`,
  Id: `${HSM}/keys/orders/1`,
};
/** What a service says of itself, and the rule that needs no app to hear it. */
const SAID_BY_SERVICES: readonly (readonly [situation: string, rows: Rows, fires: string])[] = [
  ...['KeyDelete', 'KeyPurge'].map((OperationName): [string, Rows, string] => [
    `the HSM says ${OperationName}`,
    { AZKVAuditLogs: [{ ...record, OperationName, RequestUri: `${HSM}/keys/orders` }] },
    'key-removed: contoso',
  ]),
  [
    'the security domain is downloaded',
    {
      AZKVAuditLogs: [
        { ...record, OperationName: 'SecurityDomainDownload', RequestUri: `${HSM}/securitydomain/download` },
      ],
    },
    'security-domain-touched: contoso',
  ],
  [
    'a local role is given',
    {
      AZKVAuditLogs: [
        {
          ...record,
          OperationName: 'RoleAssignmentCreate',
          RequestUri: `${HSM}/keys/providers/Microsoft.Authorization/roleAssignments/1`,
        },
      ],
    },
    'hsm-administered: contoso',
  ],
  [
    'a sealing key is disabled',
    {
      AZKVAuditLogs: [
        {
          ...record,
          OperationName: 'KeyUpdate',
          RequestUri: 'https://kv-seals.vault.azure.net/keys/warden-seal-backup/1',
        },
      ],
    },
    'seal-key-touched: kv-seals',
  ],
  [
    'a message is poisoned, and nobody lives to say so',
    {
      StorageQueueLogs: [
        {
          TimeGenerated: at(12),
          OperationName: 'PutMessage',
          Uri: 'https://st.queue.core.windows.net/hsm-sweeps-poison/messages',
        },
      ],
    },
    'poison-queue: hsm-sweeps-poison',
  ],
  [
    'a backup is deleted',
    { StorageBlobLogs: [blobCall({ OperationName: 'DeleteBlob' })] },
    'backup-store-touched: DeleteBlob',
  ],
];
const open = (findings: Record<string, number>) =>
  healthyWith({ AppTraces: [line('watch looked', { hsm: 'contoso', ok: true, open: findings }, 1)] });

const SITUATIONS: readonly (readonly [situation: string, rows: Rows, fires: readonly string[]])[] = [
  ['everything is in order', healthy(), []],
  [
    'the backup app is dead, and no table was ever made',
    {},
    [
      'no-heartbeat: contoso',
      'no-heartbeat: fabrikam',
      'no-completed-run: contoso',
      'verification-missing: fabrikam',
      'recovery-app-dead: recoveryReconcile',
      'audit-height-unknown: audit log',
      'no-drill: drill',
    ],
  ],
  [
    'the recovery app is dead',
    healthy({ but: ['recoveryReconcile'] }),
    ['recovery-app-dead: recoveryReconcile'],
  ],
  ['the drill app is dead', healthy({ but: ['drills ended'] }), ['no-drill: drill']],
  [
    'one of two HSMs is out of reach',
    {
      ...healthy(),
      AppTraces: (healthy({ but: ['"watch looked","hsm":"contoso"'] }).AppTraces ?? []).concat(
        [5, 20, 35].map((minutes) =>
          line('watch could not see the HSM', { hsm: 'contoso', ok: false, open: {} }, minutes),
        ),
        [line('watch looked', { hsm: 'contoso', ok: true, open: {} }, 130)],
      ),
    },
    ['hsm-unreachable: contoso'],
  ],
  [
    'the scans of one HSM are stuck',
    {
      ...healthy(),
      AppTraces: (healthy({ but: ['"watch looked","hsm":"contoso"'] }).AppTraces ?? []).concat([
        line('watch looked', { hsm: 'contoso', ok: true, open: {} }, 130),
      ]),
    },
    ['no-heartbeat: contoso'],
  ],
  [
    'the sweep of one HSM is missing',
    healthy({ but: ['"sweep ended","hsm":"contoso"'] }),
    ['no-completed-run: contoso'],
  ],
  [
    'the first night has not come yet',
    {
      ...healthy({ but: ['sweep ended', 'verification ended', 'watch looked'] }),
      AppTraces: ['contoso', 'fabrikam'].flatMap((hsm) => [
        line('watch looked', { hsm, ok: true, open: {} }, 20 * 60),
        line('watch looked', { hsm, ok: true, open: {} }, 5),
        line('audit records read', { records: 2, heard: [hsm] }, 10),
        line('drills ended', { hsm: 'drill' }, 30),
        line('audit log height', { height: 0, hash: '0' }, 3),
      ]),
    },
    [],
  ],
  [
    'a key is deleted',
    healthyWith({ AppTraces: [event('HsmWarden.KeyDeleted')] }),
    ['key-deleted: hsms/contoso/keys/signing'],
  ],
  [
    'a key is purged, and a backup brings it back',
    healthyWith({ AppTraces: [event('HsmWarden.KeyPurged', { recoverable: 'restore' })] }),
    ['key-purged: hsms/contoso/keys/signing'],
  ],
  [
    'a key is purged, and nothing brings it back',
    healthyWith({ AppTraces: [event('HsmWarden.KeyPurged', { recoverable: 'lost' })] }),
    ['key-lost: hsms/contoso/keys/signing'],
  ],
  [
    'no verification ends',
    healthy({ but: ['"verification ended","hsm":"fabrikam"'] }),
    ['verification-missing: fabrikam'],
  ],
  [
    'the topic refuses events',
    healthyWith({
      AppTraces: [line('events wait, the topic does not take them', { waiting: 1, error: 'x' })],
    }),
    ['topic-refuses: events wait, the topic does not take them'],
  ],
  [
    'a message is poisoned',
    healthyWith({
      StorageQueueLogs: [
        {
          TimeGenerated: at(12),
          OperationName: 'PutMessage',
          Uri: 'https://st.queue.core.windows.net/hsm-sweeps-poison/messages',
        },
      ],
    }),
    ['poison-queue: hsm-sweeps-poison'],
  ],
  [
    'a last backup cannot be pinned',
    healthyWith({
      AppTraces: [line('backup could not be pinned', { hsm: 'contoso', blob: 'b', error: 'x' })],
    }),
    ['pin-failed: contoso'],
  ],
  ['one key of 5000 is overdue still', open({ 'key-backup-overdue': 1 }), ['open-findings: contoso']],
  ['one key of 5000 has no backup still', open({ 'key-unprotected': 1 }), ['open-findings: contoso']],
  [
    'a lost key is not acknowledged still',
    healthyWith({
      AppTraces: [
        line(
          'keys are lost, and nobody has acknowledged it',
          { hsm: 'contoso', keys: 1, named: ['orders'] },
          1,
        ),
      ],
    }),
    ['key-lost-still: contoso'],
  ],
  ['keys can be purged at once still', open({ 'purge-protection-off': 1 }), ['hsm-set-up-weakly: contoso']],
  [
    'deleted keys are kept too short still',
    open({ 'retention-too-short': 1 }),
    ['hsm-set-up-weakly: contoso'],
  ],
  ['no drill HSM is named still', open({ 'restores-unproven': 1 }), ['hsm-set-up-weakly: contoso']],
  ['the drill app never runs still', open({ 'no-drill': 1 }), ['hsm-set-up-weakly: contoso']],
  [
    'damaged backups are stored still',
    healthyWith({
      AppTraces: [line('verification ended with damaged backups', { hsm: 'contoso', damaged: 1 }, 5)],
    }),
    ['backups-damaged: contoso'],
  ],
  ...[
    { RequesterObjectId: 'somebody' },
    { OperationName: 'DeleteBlob' },
    { AuthenticationType: 'AccountKey' },
    { AuthenticationType: 'SAS' },
    { StatusText: 'BlobImmutableDueToPolicy' },
  ].map((fields): [string, Rows, string[]] => [
    `backups are touched: ${JSON.stringify(fields)}`,
    healthyWith({ StorageBlobLogs: [blobCall(fields)] }),
    [`backup-store-touched: ${String(blobCall(fields).OperationName)}`],
  ]),
  ...['KeyRestore', 'KeyRecover'].map((OperationName): [string, Rows, string[]] => [
    `the HSM says ${OperationName}, and no decision is sealed`,
    healthyWith({
      AZKVAuditLogs: [
        {
          ...record,
          OperationName,
          RequestUri: `${HSM}/deletedkeys/orders/recover`,
          Identity: identityOf(APP),
        },
      ],
    }),
    ['key-brought-back-unapproved: contoso'],
  ]),
  [
    'the same, with every app dead',
    { AZKVAuditLogs: [{ ...record, OperationName: 'KeyRestore', Identity: identityOf('somebody') }] },
    ['key-brought-back-unapproved: contoso', 'no-heartbeat: contoso', 'recovery-app-dead: recoveryReconcile'],
  ],
  [
    'the same, as the backup app finds it',
    healthyWith({ AppTraces: [event('HsmWarden.KeyBroughtBackUnapproved', { severity: 'critical' })] }),
    ['approval-forged: hsms/contoso/keys/signing'],
  ],
  [
    'the audit log of an HSM reaches nobody',
    healthy({ but: ['"heard":["contoso"]'] }),
    ['audit-feed-silent: contoso'],
  ],
  [
    'the height of the audit chain falls',
    {
      ...healthy(),
      AppTraces: (healthy({ but: ['"audit log height","height":42'] }).AppTraces ?? []).concat([
        line('audit log height', { height: 41, hash: '0' }, 3),
        line('audit log height', { height: 42, hash: '1' }, 150),
      ]),
    },
    ['audit-height-falls: audit log'],
  ],
  [
    'the audit chain is as high as before, and another one',
    healthyWith({ AppTraces: [line('audit log height', { height: 42, hash: '2' }, 1)] }),
    ['audit-height-falls: audit log'],
  ],
  [
    'nothing says how high the audit chain is',
    healthy({ but: ['audit log height'] }),
    ['audit-height-unknown: audit log'],
  ],
  [
    'the recovery app lives, and each reconciling fails',
    {
      ...healthy(),
      AppRequests: [4, 9].map((minutes) => ({
        TimeGenerated: at(minutes),
        Name: 'recoveryReconcile',
        ResultCode: '0',
        Success: false,
        Url: '',
      })),
    },
    ['recovery-app-dead: recoveryReconcile'],
  ],
  [
    'a verification goes on and never ends',
    {
      ...healthy(),
      AppTraces: (healthy({ but: ['"verification ended","hsm":"contoso"'] }).AppTraces ?? []).concat([
        line('verification continues later', { hsm: 'contoso' }, 60),
      ]),
    },
    ['verification-missing: contoso'],
  ],
  [
    'a purged key is not back still',
    healthyWith({
      AppTraces: [line('watch looked', { hsm: 'contoso', ok: true, open: {}, purgedKeys: 1 }, 1)],
    }),
    ['keys-gone-still: contoso'],
  ],
  [
    'the memory of the incidents is lost',
    healthyWith({ AppTraces: [line('incidents that cannot be read were set aside', { scope: 'product' })] }),
    ['channel-failing: product'],
  ],
  [
    'the audit log of the HSMs does not come',
    healthy({ but: ['AZKVAuditLogs'] }),
    ['audit-log-missing: contoso', 'audit-log-missing: fabrikam', 'drill-log-missing: drill'],
  ],
  [
    'the log of the backups does not come',
    healthy({ but: ['StorageBlobLogs'] }),
    ['storage-log-missing: stbackups'],
  ],
  [
    'the log of the queues does not come',
    healthy({ but: ['StorageQueueLogs'] }),
    ['storage-log-missing: stqueues'],
  ],
];

describe('the truth table', () => {
  it.each(SAID_BY_SERVICES)(
    '%s: reported with the apps alive, and with all of them dead',
    (_situation, rows, fires) => {
      expect(firing(healthyWith(rows))).toEqual([fires]);
      expect(firing(rows)).toEqual(expect.arrayContaining([fires, 'no-heartbeat: contoso']));
    },
  );

  it.each(SITUATIONS)('%s', (_situation, rows, fires) => {
    const found = firing(rows);

    expect(found).toEqual(expect.arrayContaining([...fires]));
    // With an app dead more is wrong than one thing.
    if (rows.AppTraces !== undefined) expect([...new Set(found)].sort()).toEqual([...fires].sort());
  });

  it('has nothing louder than what is or may be an attack, a lost key, and a backup that does not restore', () => {
    const loudest = [
      ...['key-brought-back-unapproved', 'approval-forged', 'key-lost', 'audit-height-falls'],
      ...['security-domain-touched', 'seal-key-touched', 'drill-failed', 'drill-hsm-used'],
    ];
    expect(
      Object.keys(ALERTS)
        .filter((name) => ALERTS[name]?.severity === 0)
        .sort(),
    ).toEqual(loudest.sort());
    expect(ALERTS['hsm-unreachable']?.severity).toBe(1);
  });

  const stored = JSON.parse(readFileSync('infra/tests/defaults.snapshot.json', 'utf8'));
  const snapshot = evaluated(Snapshot.parse(stored), PUBLIC_CLOUD);
  const group = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden';

  it.each([
    ['a lock', 'Microsoft.Authorization/locks/delete', `${group}-backups`],
    ['the immutability policy', 'Microsoft.Storage/storageAccounts/write', `${group}-backups`],
    ['the lifecycle', 'Microsoft.Storage/storageAccounts/managementPolicies/write', `${group}-backups`],
    ['a role', 'Microsoft.Authorization/roleAssignments/write', group],
    [
      'a diagnostic setting',
      'Microsoft.Insights/diagnosticSettings/delete',
      `${group}/providers/Microsoft.KeyVault/managedHSMs/contoso`,
    ],
    ['an alert rule', 'Microsoft.Insights/scheduledQueryRules/delete', group],
    ['who is notified', 'Microsoft.Insights/actionGroups/write', group],
    ['what mutes alerts', 'Microsoft.AlertsManagement/actionRules/write', group],
    [
      'what mutes alerts, in a group of others',
      'Microsoft.AlertsManagement/actionRules/write',
      `${group}-of-others`,
    ],
    [
      'what muted alerts, in a group of others',
      'Microsoft.AlertsManagement/actionRules/delete',
      `${group}-of-others`,
    ],
    [
      'the group of the backups',
      'Microsoft.Resources/subscriptions/resourceGroups/delete',
      `${group}-backups`,
    ],
    [
      'an HSM, and deletes it',
      'Microsoft.KeyVault/managedHSMs/delete',
      `${group}/providers/Microsoft.KeyVault/managedHSMs/contoso`,
    ],
    [
      'a deleted HSM, and purges it',
      'Microsoft.KeyVault/locations/deletedManagedHSMs/purge/action',
      '/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.KeyVault/locations/westeurope',
    ],
    [
      'who reaches an HSM',
      'Microsoft.KeyVault/managedHSMs/privateEndpointConnectionsApproval/action',
      `${group}/providers/Microsoft.KeyVault/managedHSMs/contoso`,
    ],
    ['an app', 'Microsoft.Web/sites/stop/action', group],
    ['the workspace', 'Microsoft.OperationalInsights/workspaces/write', group],
    ['the topic', 'Microsoft.EventGrid/topics/delete', group],
    ['the Event Hub', 'Microsoft.EventHub/namespaces/eventhubs/delete', group],
  ])('somebody changes %s', (_what, operationName, scope) => {
    const change = {
      category: 'Administrative',
      status: 'Succeeded',
      operationName,
      resourceId: `${scope}/providers/x/y/z`,
    };
    const rules = ofType(snapshot, 'Microsoft.Insights/activityLogAlerts');

    expect(rules.filter((rule) => reportsChange(rule, change))).not.toEqual([]);
  });

  it.each([
    ['dead-letters', 1],
    ['dropped-events', 1],
    ['publish-failures', 1],
    ['delivery-failures', 6],
  ])('events do not get out: %s', (name, count) => {
    const rule = ofType(snapshot, 'Microsoft.Insights/metricAlerts').find((one) =>
      one.name.startsWith(`alert-${name}-`),
    );

    expect(rule && reportsMetric(rule, count)).toBe(true);
  });
});

describe('the promises of docs/operations.md', () => {
  const page = readFileSync('docs/operations.md', 'utf8') + readFileSync('docs/drills.md', 'utf8');
  const types = EVENTS.map(({ type }) => type);

  it('are about every event', () => {
    expect(Object.keys(PROMISES).sort()).toEqual([...types].sort());
    const short = (type: string) => type.replace('HsmWarden.', '');
    expect(types.filter((type) => !page.includes(type) && !page.includes(`\`${short(type)}\``))).toEqual([]);
  });

  const cases = Object.entries(PROMISES).flatMap(([type, { reported }]) =>
    reported.map(({ by, facts = {}, independently }) => {
      const rows = { AppTraces: [event(type, { recoveryId: '01J', ...facts })] };
      return [type, by, facts, independently === true ? ALERTS[by]?.fires.rows : rows] as const;
    }),
  );
  it.each(cases)('%s is reported by %s: %j', (_type, by, _facts, rows = {}) => {
    expect(firing(rows).filter((one) => one.startsWith(`${by}: `))).not.toEqual([]);
  });

  const lasting = Object.entries(PROMISES).flatMap(([type, { lasting: state }]) =>
    'by' in state ? [state.by].flat().map((by) => [type, by, state.finding] as const) : [],
  );
  it.each(lasting)('%s is reported by %s while it lasts', (_type, by, finding) => {
    expect(ALERTS[by]).toBeDefined();
    if (finding !== undefined) {
      const found = firing({
        AppTraces: [line('watch looked', { hsm: 'contoso', ok: true, open: { [finding]: 1 } })],
      });
      expect(found).toContain(`${by}: contoso`);
    }
  });

  it.each(Object.entries(PROMISES))(
    '%s cannot be kept by a dead app, which is reported',
    (_type, { from }) => {
      expect(firing({}).filter((one) => one.startsWith(`${DEAD_APP[from]}: `))).not.toEqual([]);
    },
  );
});
