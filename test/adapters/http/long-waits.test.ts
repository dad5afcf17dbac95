/** A service that asks for an hour between two tries does not keep whoever asked it waiting. */
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { ResourceManager } from '../../../src/adapters/arm/resource-manager.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { tokenCredential } from '../../support/emulator-world.ts';
import { startTlsServer, type TlsServer } from '../../support/tls-server.ts';

let server: TlsServer;
afterEach(() => server.close());

it.each([
  ['retry-after', '3600'],
  ['retry-after-ms', '3600000'],
  ['x-ms-retry-after-ms', '3600000'],
])('Azure Resource Manager is not asked again after a 429 whose %s is %s', async (name, wish) => {
  server = await startTlsServer((request, response) => {
    request.resume();
    response.writeHead(429, { [name]: wish }).end('{}');
  });
  const arm = new ResourceManager({
    url: server.url,
    caPem: server.caPem,
    credential: tokenCredential('token'),
    clock: systemClock,
    signal: AbortSignal.timeout(10_000),
  });

  const reading = await arm.get('/subscriptions', '2022-12-01', z.unknown());

  expect(reading).toEqual({ kind: 'failed', why: 'it answered 429' });
  expect(server.requests).toHaveLength(1);
});
