import { describe, expect, it } from 'vitest';
import { acts } from './apps/script.ts';
import { fixtureApp, startTestHost } from './support/start.ts';

const hooksApp = new URL('./apps/hooks-app.ts', import.meta.url);
const SETTINGS = { NIGHTLY: '0 0 2 * * *', WORK_QUEUE: 'w' };

function startWork() {
  return startTestHost({ entry: fixtureApp('work-app'), settings: SETTINGS, queues: false, timers: false });
}

describe('a delivered event', () => {
  it.each([
    ['texts, each read as JSON where it is', ['{"a":1}', 'plain'], [{ a: 1 }, 'plain']],
    ['objects', [{ records: [1] }], [{ records: [1] }]],
    ['one text', '{"a":1}', { a: 1 }],
    ['bytes', new Uint8Array([1, 2]), Buffer.from([1, 2])],
    ['a list of bytes', [new Uint8Array([1])], [Buffer.from([1])]],
  ])('reaches the function: %s', async (_, data, expected) => {
    const { host } = await startWork();
    let seen: unknown;
    acts.set('audit', (value) => {
      seen = value;
    });

    const outcome = await host.deliver('audit', data);

    expect([outcome.status, seen]).toEqual(['succeeded', expected]);
  });

  it('brings its metadata along', async () => {
    const { host } = await startWork();
    let seen: unknown;
    acts.set('audit', (_, context) => {
      seen = context.triggerMetadata;
    });

    await host.deliver('audit', 'x', {
      PartitionContext: { ConsumerGroup: '$Default' },
      SequenceNumberArray: [7],
    });

    expect(seen).toEqual({ partitionContext: { consumerGroup: '$Default' }, sequenceNumberArray: [7] });
  });
});

describe('an invocation by hand', () => {
  it('gives the input to the function and hands back what it returned', async () => {
    const { host } = await startWork();
    acts.set('audit', (value, context) => ({ got: value, by: context.functionName }));

    const outcome = await host.invoke('AUDIT', '{"a":1}');

    expect(outcome).toMatchObject({
      functionName: 'audit',
      status: 'succeeded',
      response: { returnValue: { json: '{"got":{"a":1},"by":"audit"}' } },
    });
  });

  it('ends as failed, with the very error, when the function throws', async () => {
    const { host } = await startWork();
    const error = new Error('no luck');
    acts.set('audit', () => {
      throw error;
    });

    expect(await host.invoke('audit')).toMatchObject({ status: 'failed', error });
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'just text'],
  ])('ends as failed when the function throws %s', async (_, thrown) => {
    const { host } = await startWork();
    acts.set('audit', () => {
      throw thrown;
    });

    expect((await host.invoke('audit')).status).toBe('failed');
  });

  it('of a name the app does not have is refused', async () => {
    const { host } = await startWork();

    await expect(host.invoke('nobody')).rejects.toMatchObject({ code: 'function-unknown' });
  });

  it('is refused once the host stops', async () => {
    const { host } = await startWork();
    await host.stop();

    await expect(host.invoke('audit')).rejects.toMatchObject({ code: 'host-stopping' });
  });

  it('counts as failed when functionTimeout passes', async () => {
    const { host } = await startTestHost({
      entry: hooksApp,
      hostJson: { version: '2.0', functionTimeout: '00:00:01' },
    });
    const gate = Promise.withResolvers<void>();
    acts.set('slow', () => gate.promise);

    const outcome = await host.invoke('slow', 'x');

    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'function-timeout' } });
    gate.resolve();
  });
});

describe('hooks', () => {
  it('run once when the app starts and once when it ends', async () => {
    const seen: string[] = [];
    acts.set('start', () => void seen.push('start'));
    acts.set('terminate', () => void seen.push('end'));
    const { host } = await startTestHost({ entry: hooksApp });

    await Promise.all([host.stop(), host.stop()]);

    expect(seen).toEqual(['start', 'end']);
  });
});
