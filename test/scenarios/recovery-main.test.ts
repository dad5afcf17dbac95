/** The recovery app as it is deployed: its entry point, its settings, and nothing prepared beforehand. */
import { channel } from 'node:diagnostics_channel';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { type Emulator, startEmulator } from '../../src/emulator/start-emulator.ts';
import { RecoveryView } from '../../src/features/recovery/model/asking.ts';
import { startHost } from '../../src/local/host/host.ts';
import type { Host } from '../../src/local/host/host-options.ts';
import { createMemoryScheduleStore } from '../../src/local/host/timer/schedule-store.ts';
import { type Issuer, LOCAL_AUDIENCE, LOCAL_TENANT, startIssuer } from '../../src/local/issuer/issuer.ts';
import { type RunningAzurite, startAzurite } from '../support/azurite.ts';
import { keyClientOn } from '../support/emulator-world.ts';

let azurite: RunningAzurite;
let hsm: Emulator;
let issuer: Issuer;
let host: Host;
let folder: string;
/** What is logged before anybody calls. */
const linesAtStart: unknown[] = [];
const note = (line: unknown) => linesAtStart.push(line);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warden-recovery-'));
  [azurite, hsm, issuer] = await Promise.all([
    startAzurite(),
    startEmulator({ name: 'contoso', limits: 'off', retentionDays: 7 }),
    startIssuer({ port: 0, now: () => systemClock.now() }),
  ]);
  const { access } = azurite;
  if (access.kind !== 'connection-string') throw new Error('expected a connection string');
  await writeFile(join(folder, 'ca.pem'), hsm.caPem);
  await writeFile(join(folder, 'token'), hsm.token, { mode: 0o600 });
  const settings = {
    AzureWebJobsStorage: access.connectionString,
    WARDEN_HSMS: `contoso=${hsm.url}`,
    WARDEN_CREDENTIAL: 'token-file',
    WARDEN_TOKEN_FILE: join(folder, 'token'),
    WARDEN_CA_FILE: join(folder, 'ca.pem'),
    WARDEN_STORAGE_CONNECTION: access.connectionString,
    WARDEN_AUTH_TENANT: LOCAL_TENANT,
    WARDEN_AUTH_AUDIENCE: LOCAL_AUDIENCE,
    WARDEN_AUTH_ISSUER: issuer.url,
    WARDEN_AUTH_KEYS_URL: issuer.jwksUrl,
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  channel('hsm-warden.log').subscribe(note);
  host = await startHost({
    entry: new URL('../../functions/recovery-main.ts', import.meta.url),
    hostJson: {
      version: '2.0',
      extensions: { http: { routePrefix: '' }, queues: { maxPollingInterval: '00:00:01' } },
    },
    httpPort: 0,
    timers: false,
    scheduleStore: createMemoryScheduleStore(),
  });
});
afterAll(async () => {
  await host.stop(0);
  vi.unstubAllEnvs();
  await Promise.all([azurite.stop(), hsm.close(), issuer.stop(), rm(folder, { recursive: true })]);
});

async function send(person: string, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${host.url}/api/${path}`, {
    method,
    headers: { authorization: `Bearer ${await issuer.token(person)}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

it('proves its gate as it starts, before anybody calls', async () => {
  const checked = expect.stringContaining('"message":"gate checked"');
  await vi.waitFor(() => expect(linesAtStart).toContainEqual(checked), { timeout: 30_000, interval: 50 });
  expect(linesAtStart.filter((line) => String(line).includes('"message":"gate disarmed"'))).toEqual([]);
  channel('hsm-warden.log').unsubscribe(note);
});

it('starts armed, recovers a key after two approvals, and keeps a whole audit log', async () => {
  const client = keyClientOn(hsm);
  await client.createRsaKey('orders');
  await client.beginDeleteKey('orders');
  expect(await (await fetch(`${host.url}/api/health`)).json()).toEqual({ status: 'armed', override: false });

  const ask = { hsm: 'contoso', key: 'orders', reason: 'deleted by mistake' };
  const { id, digest } = RecoveryView.parse(await (await send('alice', 'POST', 'recoveries', ask)).json());
  for (const person of ['bob', 'carol']) await send(person, 'POST', `recoveries/${id}/approvals`, { digest });

  await vi.waitFor(
    async () => {
      const view = RecoveryView.parse(await (await send('dave', 'GET', `recoveries/${id}`)).json());
      expect(view.state).toBe('succeeded');
    },
    { timeout: 30_000, interval: 100 },
  );
  expect((await client.getKey('orders')).name).toBe('orders');
  expect(await (await send('dave', 'GET', 'audit/verdict')).json()).toMatchObject({ problems: [] });
});
