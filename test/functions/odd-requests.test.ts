import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RecoveryHost, startRecoveryHost } from '../support/recovery-host.ts';

let served: RecoveryHost;
beforeAll(async () => {
  served = await startRecoveryHost();
});
afterAll(async () => {
  await served?.stop();
});

/** The status of the answer to lines sent as they are. */
async function statusOf(...lines: string[]): Promise<number> {
  const socket = connect(Number(new URL(served.host.url).port), '127.0.0.1');
  socket.write([...lines, 'Host: localhost', 'Connection: close', '', ''].join('\r\n'));
  return Number((await text(socket)).split(' ')[1]);
}

describe('an odd request', () => {
  it('with two proofs is refused, although one of them is good', async () => {
    const good = `Authorization: Bearer ${await served.issuer.token('alice')}`;

    expect(await statusOf('GET /api/recoveries HTTP/1.1', good)).toBe(200);
    expect(await statusOf('GET /api/recoveries HTTP/1.1', good, good)).toBe(401);
    expect(await statusOf('GET /api/recoveries HTTP/1.1', good, 'Authorization: Bearer x')).toBe(401);
  });

  it.each([
    ['GET //api/health', 404],
    ['GET /api/health/', 200],
    ['GET /api/recoveries/%zz', 400],
    ['GET /api/recoveries/%00', 400],
    ['GET /api/recoveries/a%2Fapprovals', 400],
    ['WHATEVER /api/health', 404],
    ['GET /admin/host/status', 401],
    ['GET /runtime/webhooks/x', 401],
    [`GET /api/health?q=${'x'.repeat(9000)}`, 414],
  ])('%s answers %i', async (line, status) => {
    const proof = `Authorization: Bearer ${await served.issuer.token('alice')}`;

    expect(await statusOf(`${line} HTTP/1.1`, proof)).toBe(status);
  });
});
