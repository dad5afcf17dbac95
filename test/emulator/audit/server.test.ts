// The audit log of a running emulator.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { API, raw } from '../support/emulator.ts';

const Line = z.object({
  operationName: z.string(),
  httpStatusCode: z.number(),
  requestUri: z.string(),
  correlationId: z.string(),
  identity: z.string(),
  clientInfo: z.string(),
});

let folder: string;
let logFile: string;
let emulator: Emulator;
let start: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'emulator-audit-'));
  logFile = join(folder, 'audit.jsonl');
  emulator = await startEmulator({ retentionDays: 7, limits: 'off', auditLog: logFile });
});
beforeEach(() => {
  start = readFileSync(logFile).length;
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

function newRecords() {
  const text = readFileSync(logFile).subarray(start).toString();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Line.parse(JSON.parse(line)));
}

function call(method: string, path: string, body?: unknown, token: string | null = emulator.token) {
  return raw(emulator, method, path, body === undefined ? { token } : { token, body });
}

test('a key is made, backed up, deleted, recovered and purged', async () => {
  await call('POST', `/keys/k/create?${API}`, { kty: 'EC' });
  await call('POST', `/keys/k/backup?${API}`);
  await call('DELETE', `/keys/k?${API}`);
  await call('POST', `/deletedkeys/k/recover?${API}`);
  await call('DELETE', `/keys/k?${API}`);
  const { headers } = await call('DELETE', `/deletedkeys/k?${API}`);

  const records = newRecords();
  expect(records.map((one) => one.operationName)).toEqual([
    'KeyCreate',
    'KeyBackup',
    'KeyDelete',
    'KeyRecover',
    'KeyDelete',
    'KeyPurge',
  ]);
  expect(records.at(-1)).toMatchObject({
    httpStatusCode: 204,
    requestUri: `${emulator.url}/deletedkeys/k`,
    correlationId: headers['x-ms-request-id'],
  });
});

test('refused requests are there too', async () => {
  const nobody = await emulator.issueToken({ objectId: 'nobody', upn: 'nobody@contoso.com' });
  await call('GET', `/keys/absent?${API}`);
  await call('GET', `/keys/absent?${API}`, undefined, nobody);
  await call('POST', `/keys/k2/create?${API}`, { kty: 'oct', key_size: 64 });
  await call('GET', '/no/such/path');

  const records = newRecords();
  expect(records.map((one) => [one.operationName, one.httpStatusCode])).toEqual([
    ['KeyGet', 404],
    ['KeyGet', 403],
    ['KeyCreate', 400],
    ['Unknown', 404],
  ]);
  expect(records[1]?.identity).toContain('nobody@contoso.com');
});

test('requests without a valid token are not', async () => {
  await call('GET', `/keys?${API}`, undefined, null);
  await call('GET', `/keys?${API}`, undefined, 'not.a.token');
  expect(newRecords()).toEqual([]);
});

test('a request that was answered by a fault is there, one that never arrived is not', async () => {
  emulator.faults.add({ fault: { type: 'reset', when: 'after' }, count: 1 });
  emulator.faults.add({ fault: { type: 'reset', when: 'before' }, count: 1 });
  await expect(call('GET', `/keys?${API}`)).rejects.toThrow();
  expect(newRecords()).toMatchObject([{ operationName: 'KeyList', httpStatusCode: 200 }]);
  await expect(call('GET', `/keys?${API}`)).rejects.toThrow();
  expect(newRecords()).toHaveLength(1);
});
