/** Measures the recovery: from the last approval until the key can be used again. */
import type { KeyClient } from '@azure/keyvault-keys';
import { z } from 'zod';
import { startHost } from '../src/local/host/host.ts';
import { createMemoryScheduleStore } from '../src/local/host/timer/schedule-store.ts';
import { LOCAL_AUDIENCE, LOCAL_TENANT, startIssuer } from '../src/local/issuer/issuer.ts';
import { atMost, type Figure, plain } from './figure.ts';
import { clientOf } from './hsm-client.ts';
import type { SealingApp } from './sealing-keys.ts';
import { startStage } from './stage.ts';

const ROUNDS = 20;
const POLL_MS = 10;
const Asked = z.object({ id: z.string(), digest: z.string() });

/** Twenty soft-deleted keys, one after the other: without seals and, answers as slow as recorded, with each decision sealed. */
export async function recoveryTime(): Promise<Figure[]> {
  const [median, p95] = await lastApproval([]);
  const [sealedMedian, sealedP95] = await lastApproval(['--latency', 'real'], 'recovery');
  return [
    plain('last approval until the key is usable, median', median, 'ms'),
    atMost('last approval until the key is usable, p95', p95, 'ms', 2_000),
    plain('the same with sealed decisions and latencies, median', sealedMedian, 'ms'),
    atMost('the same with sealed decisions and latencies, p95', sealedP95, 'ms', 2_000),
  ];
}

/** Median and 95th percentile, milliseconds. */
async function lastApproval(
  flags: readonly string[],
  sealing?: SealingApp,
): Promise<readonly [number, number]> {
  const stage = await startStage(1, ROUNDS, flags, sealing);
  const issuer = await startIssuer({ port: 0, now: Date.now });
  Object.assign(process.env, stage.settings, {
    AzureWebJobsStorage: stage.connectionString,
    WARDEN_AUTH_TENANT: LOCAL_TENANT,
    WARDEN_AUTH_AUDIENCE: LOCAL_AUDIENCE,
    WARDEN_AUTH_ISSUER: issuer.url,
    WARDEN_AUTH_KEYS_URL: issuer.jwksUrl,
  });
  const host = await startHost({
    entry: new URL('../functions/recovery-main.ts', import.meta.url),
    // An idle queue is looked at once a second at least: more than that would be most of what is measured.
    hostJson: {
      version: '2.0',
      extensions: { http: { routePrefix: '' }, queues: { maxPollingInterval: '00:00:01' } },
    },
    httpPort: 0,
    timers: false,
    scheduleStore: createMemoryScheduleStore(),
  });
  async function send(person: string, path: string, body: object): Promise<unknown> {
    const answer = await fetch(`${host.url}/api/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await issuer.token(person)}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
  try {
    const times: number[] = [];
    const [hsm] = stage.hsms;
    if (hsm === undefined) throw new Error('expected an HSM');
    const client = await clientOf(hsm);
    const names: string[] = [];
    for await (const { name } of client.listPropertiesOfKeys()) names.push(name);
    for (const key of names.slice(0, ROUNDS)) {
      await client.beginDeleteKey(key);
      const asked = await send('alice', 'recoveries', { hsm: hsm.name, key, reason: 'measured' });
      const { id, digest } = Asked.parse(asked);
      await send('bob', `recoveries/${id}/approvals`, { digest });
      const started = performance.now();
      await send('carol', `recoveries/${id}/approvals`, { digest });
      await usable(client, key);
      times.push(performance.now() - started);
    }
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.ceil(times.length * share) - 1] ?? Number.POSITIVE_INFINITY;
    return [at(0.5), at(0.95)];
  } finally {
    await host.stop();
    await issuer.stop();
    await stage.close();
  }
}

async function usable(client: KeyClient, key: string): Promise<void> {
  for (;;) {
    try {
      await client.getKey(key);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
