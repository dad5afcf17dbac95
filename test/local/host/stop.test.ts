import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { acts } from './apps/script.ts';
import { idle, manualTime } from './support/manual-time.ts';
import { fixtureApp, startTestHost } from './support/start.ts';

function startHttp() {
  return startTestHost({ entry: fixtureApp('http-app'), settings: { ROUTE_WORD: 'word' } });
}

describe('stopping', () => {
  it('lets a request finish while its hook waits, then refuses connections', async () => {
    const { host } = await startHttp();
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    acts.set('scripted', async () => {
      begun.resolve();
      await gate.promise;
      return { body: 'finished' };
    });
    const answer = fetch(`${host.url}/api/scripted`);
    await begun.promise;
    const answered = Promise.withResolvers<void>();
    acts.set('terminate', () => answered.promise);

    const stopping = host.stop(60_000);
    gate.resolve();

    expect(await (await answer).text()).toBe('finished');
    answered.resolve();
    await stopping;
    await expect(fetch(`${host.url}/api/defaults`)).rejects.toThrow();
  });

  it('answers 503 to another request on a connection that is still open', async () => {
    const { host } = await startHttp();
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    acts.set('scripted', async () => {
      begun.resolve();
      await gate.promise;
      return { body: 'finished' };
    });
    const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
    const received = text(socket);
    socket.write('GET /api/scripted HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await begun.promise;
    acts.set('terminate', () => received);

    const stopping = host.stop(60_000);
    await new Promise((resolve) =>
      socket.write('GET /api/defaults HTTP/1.1\r\nHost: localhost\r\n\r\n', resolve),
    );
    // The bytes are with the kernel; the server, in this same process, reads them in its next turns.
    await idle();
    await idle();
    gate.resolve();
    await stopping;

    expect((await received).match(/HTTP\/1\.1 \d+|finished|as named/g)).toEqual([
      'HTTP/1.1 200',
      'finished',
      'HTTP/1.1 503',
    ]);
  });

  it('does not wait for a connection that never asked anything', async () => {
    const { host } = await startHttp();
    const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
    await once(socket, 'connect');
    await idle();

    await host.stop(60_000);

    expect(await text(socket)).toBe('');
  });

  it('cuts a request that has no answer when its hook has ended', async () => {
    const { host } = await startHttp();
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    acts.set('scripted', () => {
      begun.resolve();
      return gate.promise;
    });
    const answer = fetch(`${host.url}/api/scripted`).then(
      () => 'answered',
      () => 'cut',
    );
    await begun.promise;

    await host.stop(60_000);

    expect(await answer).toBe('cut');
    gate.resolve();
  });

  it('waits for no running timer, and sets no alarm again', async () => {
    const time = manualTime('2026-11-24T01:59:00Z');
    const gate = Promise.withResolvers<void>();
    acts.set('nightly', () => gate.promise);
    const { host } = await startTestHost({
      entry: fixtureApp('work-app'),
      settings: { NIGHTLY: '0 0 2 * * *', WORK_QUEUE: 'w' },
      queues: false,
      clock: time,
      alarm: time.alarm,
    });
    await time.moveTo(Date.parse('2026-11-24T02:00:00Z'));

    await host.stop(60_000);
    gate.resolve();
    await idle();

    expect(time.nextAlarm()).toBeUndefined();
  });

  it('logs a hook that fails', async () => {
    const { host, lines } = await startHttp();
    acts.set('terminate', () => Promise.reject(new Error('no luck')));

    await host.stop();

    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringContaining('no luck') }),
    );
  });
});
