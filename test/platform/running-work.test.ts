import { describe, expect, it } from 'vitest';
import { RunningWork } from '../../src/platform/running-work.ts';

describe('the work of an app that is asked to stop', () => {
  it('is waited for: the hook ends when all of it has saved', async () => {
    const stopping = new AbortController();
    const work = new RunningWork(stopping);
    const saved = Promise.withResolvers<void>();
    const running = work.run(() => saved.promise);
    let stopped = false;

    const stop = work.stop().then(() => {
      stopped = true;
    });

    expect(stopping.signal.reason).toMatchObject({ code: 'app-stopping' });
    expect(stopped).toBe(false);
    saved.resolve();
    await Promise.all([running, stop]);
    expect(stopped).toBe(true);
  });

  it('is not waited for beyond the limit', async () => {
    const work = new RunningWork(new AbortController(), 20);
    void work.run(() => new Promise<never>(() => undefined));

    await work.stop();
  });

  it('may fail: that is its message’s business', async () => {
    const stopping = new AbortController();
    const work = new RunningWork(stopping);
    const running = work.run(
      () =>
        new Promise((_resolve, reject) => {
          stopping.signal.addEventListener('abort', () => reject(stopping.signal.reason));
        }),
    );

    await Promise.all([work.stop(), expect(running).rejects.toMatchObject({ code: 'app-stopping' })]);
  });

  it('is not begun any more: what comes then goes back', async () => {
    const work = new RunningWork(new AbortController());
    await work.stop();

    await expect(work.run(async () => 'done')).rejects.toMatchObject({ code: 'app-stopping' });
  });
});
