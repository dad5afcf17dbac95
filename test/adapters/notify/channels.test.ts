/** The contract of a channel, for each kind over https: what each answer means, where nothing is sent, and that nothing leaks. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../../src/features/notify/model/message.ts';
import { failureOf } from '../../support/errors.ts';
import { aMessage } from '../../support/notify-message.ts';
import { type Behaviour, KINDS, SECRETS, type Service, startService } from '../../support/notify-service.ts';

const ACCEPTED = { slack: 200, teams: 202, pagerduty: 202, webhook: 204, 'azure-mail': 202 } as const;

describe.each(KINDS)('a channel to %s', (kind) => {
  let service: Service;
  const message: Message = aMessage();

  beforeEach(async () => {
    service = await startService(kind);
  });
  afterEach(() => service.close());

  it('says that a message was accepted, with the status', async () => {
    expect(await service.channel().send(message)).toMatchObject({ status: ACCEPTED[kind] });
    expect(service.taken).toHaveLength(1);
  });

  it.each([
    [{ status: 429, headers: { 'retry-after': '7' } }, 'channel-throttled', 7_000],
    [{ status: 429 }, 'channel-throttled', undefined],
    [{ status: 500 }, 'channel-unavailable', undefined],
    [{ status: 503, headers: { 'retry-after': '120' } }, 'channel-unavailable', 120_000],
    [{ status: 408 }, 'channel-unavailable', undefined],
    [{ status: 400 }, 'channel-refused', undefined],
    [{ status: 413 }, 'channel-refused', undefined],
    [{ status: 422 }, 'channel-refused', undefined],
    [{ status: 401 }, 'channel-misconfigured', undefined],
    [{ status: 403 }, 'channel-misconfigured', undefined],
    [{ status: 404 }, 'channel-misconfigured', undefined],
    [{ status: 410 }, 'channel-misconfigured', undefined],
    ['reset', 'channel-unreachable', undefined],
    ['lost answer', 'channel-unreachable', undefined],
  ] as const)('takes %j for %s', async (behaviour: Behaviour, code, retryAfterMs) => {
    service.behave = () => behaviour;
    const error = await failureOf(service.channel().send(message));
    expect(error.code).toBe(code);
    expect(error.retryAfterMs).toBe(retryAfterMs);
  });

  it.each([301, 302, 303, 307, 308])('follows no redirection (%d)', async (status) => {
    const elsewhere = await startService(kind);
    service.behave = () => ({ status, headers: { location: `${elsewhere.url}${SECRETS.path}` } });
    const error = await failureOf(service.channel().send(message));
    expect(error.code).toBe('channel-misconfigured');
    expect(elsewhere.deliveries).toEqual([]);
    await elsewhere.close();
  });

  it('gives up on silence', async () => {
    service.behave = () => 'silence';
    const error = await failureOf(service.channel({ limitMs: 300 }).send(message));
    expect([error.code, error.reason]).toEqual(['channel-unreachable', 'no answer']);
  });

  it('heeds an abort at once, with its reason', async () => {
    service.behave = () => 'silence';
    const stop = new AbortController();
    const sending = service.channel().send(message, stop.signal);
    while (service.deliveries.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort(new Error('stopping'));
    await expect(sending).rejects.toThrow('stopping');
  });

  it('reads no more of an answer than it needs', async () => {
    service.behave = () => ({ status: 200, body: 'x'.repeat(5_000_000) });
    expect(await service.channel().send(message)).toMatchObject({ status: 200 });
  });

  it('sends nothing to a host that the settings do not name', async () => {
    const error = await failureOf(service.channel({ privateHosts: ['hooks.slack.com'] }).send(message));
    expect([error.code, error.reason]).toEqual(['channel-misconfigured', 'host not named']);
    expect(service.deliveries).toEqual([]);
  });

  it('sends nothing to an address that is not public, unless the settings name its host for that', async () => {
    const error = await failureOf(service.channel({ hosts: ['127.0.0.1'], privateHosts: [] }).send(message));
    expect([error.code, error.reason]).toEqual(['channel-misconfigured', 'private address']);
    expect(service.deliveries).toEqual([]);
  });

  it('sends nothing to whoever has no certificate of a trusted authority', async () => {
    const other = await startService(kind);
    const error = await failureOf(service.channel({ caPem: other.caPem }).send(message));
    expect(error.code).toBe('channel-unreachable');
    expect(service.deliveries).toEqual([]);
    await other.close();
  });

  it('keeps its address and its secrets out of every error', async () => {
    const behaviours: Behaviour[] = [
      'reset',
      { status: 400, body: SECRETS.path },
      { status: 500 },
      { status: 302 },
    ];
    for (const behaviour of behaviours) {
      service.behave = () => behaviour;
      const error = await failureOf(service.channel().send(message));
      const text = JSON.stringify([
        error.message,
        error.advice,
        error.reason,
        String(error.cause),
        error.stack,
      ]);
      for (const secret of [...Object.values(SECRETS), '/hooks/warden']) expect(text).not.toContain(secret);
    }
  });

  it('sends the same message again under the same id', async () => {
    await service.channel().send(message);
    await service.channel().send(message);
    const ids = service.taken.map(({ headers, body }) =>
      kind === 'webhook' ? headers['webhook-id'] : kind === 'azure-mail' ? headers['operation-id'] : body,
    );
    expect(new Set(ids).size).toBe(1);
  });
});

it('a 200 of an old connector of Teams that speaks of 429 is none', async () => {
  const service = await startService('teams');
  service.behave = () => ({
    status: 200,
    body: 'Microsoft Teams endpoint returned HTTP error 429 with ContextId x',
  });
  expect((await failureOf(service.channel().send(aMessage()))).code).toBe('channel-throttled');
  await service.close();
});

it.each(['http://hooks.slack.com/x', 'not a url', 'https://user:pass@hooks.slack.com/x'])(
  'an address like %s is refused without being shown',
  async (url) => {
    const { slackChannel } = await import('../../../src/adapters/notify/http-channels.ts');
    const channel = slackChannel('ops', url, { hosts: ['hooks.slack.com'], privateHosts: [], now: () => 0 });
    const error = await failureOf(channel.send(aMessage()));
    expect(error.code).toBe('channel-misconfigured');
    expect(error.message).not.toContain(url);
  },
);
