/** A topic that asks for patience: the outbox waits for it, and no publish does. */
import { afterEach, describe, expect, it } from 'vitest';
import { EventGridSink } from '../../../src/adapters/events/event-grid-sink.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { tokenCredential } from '../../support/emulator-world.ts';
import { failureOf } from '../../support/errors.ts';
import { anEvent } from '../../support/events.ts';
import { startTlsServer, type TlsServer } from '../../support/tls-server.ts';

let server: TlsServer;
afterEach(() => server.close());

/** A sink on a topic that answers first as given, and then takes everything. */
async function sinkOn(answers: readonly (readonly [status: number, headers: Record<string, string>])[]) {
  const left = [...answers];
  server = await startTlsServer((request, response) => {
    request.resume();
    const [status, headers] = left.shift() ?? [200, {}];
    response.writeHead(status, headers).end();
  });
  const { url, caPem } = server;
  const credential = tokenCredential('token');
  return new EventGridSink({
    url: `${url}/api/events`,
    caPem,
    credential,
    clock: systemClock,
    limitMs: 10_000,
  });
}

describe('a topic that asks for a wait', () => {
  it.each([
    [429, 'topic-throttled', { 'retry-after': '3600' }],
    [429, 'topic-throttled', { 'retry-after-ms': '3600000' }],
    [503, 'topic-unavailable', { 'retry-after': '3600' }],
    [503, 'topic-unavailable', { 'x-ms-retry-after-ms': '3600000' }],
  ])('of an hour with the status %i is reported as %s, with the wait: %o', async (status, code, headers) => {
    const answer = [status, headers] as const;
    const sink = await sinkOn([answer, answer, answer]);

    const error = await failureOf(sink.accept([anEvent('orders')]));

    expect(error).toMatchObject({ code, transient: true, retryAfterMs: 3_600_000 });
  });

  it('of a moment gets the events after it', async () => {
    const sink = await sinkOn([
      [429, { 'retry-after': '0' }],
      [503, { 'retry-after-ms': '10' }],
    ]);

    await sink.accept([anEvent('orders')]);

    expect(server.requests).toHaveLength(3);
  });
});
