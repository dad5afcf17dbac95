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
  const drills = [line('drills ended', { hsm: 'drill' }, 30)];
  return {
    AppTraces: [...lines, ...drills].filter(
      ({ Message }) => !but.some((text) => String(Message).includes(text)),
    ),
    AppRequests: but.includes('recoveryReconcile')
      ? []
      : [{ TimeGenerated: at(4), Name: 'recoveryReconcile', ResultCode: '0', Url: '' }],
  };
}

function healthyWith(rows: Rows): Rows {
  const { AppTraces = [], ...rest } = healthy();
  return { ...rest, ...rows, AppTraces: [...AppTraces, ...(rows.AppTraces ?? [])] };
}

const HSM = 'https://contoso.managedhsm.azure.net';
const record = {
  TimeGenerated: at(20),
  HttpStatusCode: 200,
  RequestUri: `${HSM}/keys/restore`,
  Id: `${HSM}/keys/orders/1`,
};
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
    healthyWith({
      AppTraces: [
        line('audit log height', { height: 41, hash: '0' }, 3),
        line('audit log height', { height: 42, hash: '1' }, 60),
      ],
    }),
    ['audit-height-falls: audit log'],
  ],
];

describe('the truth table', () => {
  it.each(SITUATIONS)('%s', (_situation, rows, fires) => {
    const found = firing(rows);

    expect(found).toEqual(expect.arrayContaining([...fires]));
    // With an app dead more is wrong than one thing.
    if (rows.AppTraces !== undefined) expect([...new Set(found)].sort()).toEqual([...fires].sort());
  });

  it('has nothing louder than a key that came back without a decision, a lost key and a log that was cut', () => {
    const loudest = ['key-brought-back-unapproved', 'approval-forged', 'key-lost', 'audit-height-falls'];
    expect(loudest.map((name) => ALERTS[name]?.severity)).toEqual([0, 0, 0, 0]);
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

  it.each(['dead-letters', 'dropped-events', 'publish-failures'])('events do not get out: %s', (name) => {
    const rule = ofType(snapshot, 'Microsoft.Insights/metricAlerts').find((one) =>
      one.name.startsWith(`alert-${name}-`),
    );

    expect(rule && reportsMetric(rule, 1)).toBe(true);
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
    'by' in state ? [[type, state.by, state.finding] as const] : [],
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
