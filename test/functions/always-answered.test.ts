import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RecoveryHost, startRecoveryHost } from '../support/recovery-host.ts';
import { slot } from './apps/slot.ts';

const MASTER_KEY = 'of the test';
const Listed = z.array(
  z.object({ config: z.object({ bindings: z.array(z.looseObject({ type: z.string() })) }) }),
);
const Trigger = z.object({ type: z.literal('httpTrigger'), route: z.string(), methods: z.array(z.string()) });

let served: RecoveryHost;
beforeAll(async () => {
  served = await startRecoveryHost({ masterKey: MASTER_KEY });
});
afterAll(async () => {
  await served?.stop();
});

/** Every route of the app with every method of it. */
async function everyRequest(): Promise<{ method: string; path: string }[]> {
  const headers = { 'x-functions-key': MASTER_KEY };
  const list = Listed.parse(await (await fetch(`${served.host.url}/admin/functions`, { headers })).json());
  const triggers = list.flatMap(({ config }) =>
    config.bindings.flatMap((one) => Trigger.safeParse(one).data ?? []),
  );
  return triggers.flatMap(({ route, methods }) =>
    methods.map((method) => ({ method, path: `/${route.replaceAll(/\{\w+\}/g, 'x')}` })),
  );
}

describe('an HTTP function', () => {
  it('answers a problem when something nobody thought of is thrown, whatever the route', async () => {
    slot.appFor = () => {
      throw new Error('a secret reason');
    };
    const requests = await everyRequest();
    expect(requests.length).toBeGreaterThanOrEqual(13);

    for (const { method, path } of requests) {
      const answer = await fetch(`${served.host.url}${path}`, { method });
      const text = await answer.text();

      // It needs nothing that could fail.
      if (path === '/api/openapi.json') continue;
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        500,
        'application/problem+json',
      ]);
      expect(text).toContain('urn:hsm-warden:problem:internal');
      expect(text).not.toContain('secret');
    }
  });
});

describe('both apps', () => {
  it.each(['main', 'recovery-main'])('functions/%s.ts enables HTTP streams', async (name) => {
    expect(await readFile(`functions/${name}.ts`, 'utf8')).toContain('app.setup({ enableHttpStream: true })');
  });
});
