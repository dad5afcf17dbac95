/** What the logs hold while all is well, and with one thing wrong; and which rules fire for it. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { evaluateQuery, type Rows } from '../../../tools/infra/alerts/kql-evaluate.ts';
import { parseQuery } from '../../../tools/infra/alerts/kql-parse.ts';
import {
  APP,
  at,
  blobCall,
  identityOf,
  line,
  NOW,
  SAMPLE_VALUES,
} from '../../../tools/infra/alerts/samples.ts';
import { filled } from '../../../tools/infra/alerts/try-samples.ts';

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
export function firing(rows: Rows): readonly string[] {
  return [...QUERIES].flatMap(([name, query]) =>
    evaluateQuery(query, rows, NOW).map(({ Subject }) => `${name}: ${String(Subject)}`),
  );
}

/** The lines of two HSMs that are watched, backed up and verified, and of apps that live; `but` those with a text, or a table, that it names. */
export function healthy({ but = [] as readonly string[] } = {}): Rows {
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

/** The same, with more lines. */
export function healthyWith(rows: Rows): Rows {
  const tables = Object.entries(rows).map(
    ([table, added]) => [table, [...(good(table) ?? []), ...added]] as const,
  );
  return { ...healthy(), ...Object.fromEntries(tables) };
}

/** Where the HSM is that records are about. */
export const HSM = 'https://contoso.managedhsm.azure.net';
/** A record of its audit log. */
export const record = {
  TimeGenerated: at(20),
  HttpStatusCode: 200,
  RequestUri: `${HSM}/keys/restore`,
  Id: `${HSM}/keys/orders/1`,
};

/** The lines of an HSM whose last scan left these findings open. */
export const open = (findings: Record<string, number>) =>
  healthyWith({ AppTraces: [line('watch looked', { hsm: 'contoso', ok: true, open: findings }, 1)] });

/** A situation, what the logs hold then, and the rules that fire. */
export type Situation = readonly [situation: string, rows: Rows, fires: readonly string[]];

/** Expects that these rules fire, and no others while the apps live. */
export function expectFiring(rows: Rows, fires: readonly string[]): void {
  const found = firing(rows);

  expect(found).toEqual(expect.arrayContaining([...fires]));
  // With an app dead more is wrong than one thing.
  if (rows.AppTraces !== undefined) expect([...new Set(found)].sort()).toEqual([...fires].sort());
}
