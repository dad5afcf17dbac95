/** Brings a host to rest: no new work, a limited wait for running work, nothing left open. */
import type { HttpServer } from './http/server.ts';
import type { Invoker } from './invoker.ts';
import type { QueueListener } from './queue/queue-listener.ts';
import type { TimerListener } from './timer/timer-listener.ts';

/** What has to come to rest. */
export interface StopOptions {
  readonly timers: readonly TimerListener[];
  readonly queues: readonly QueueListener[];
  readonly server: HttpServer;
  readonly invoker: Invoker;
  /** How long running work may go on, in milliseconds. */
  readonly graceMs: number;
}

/**
 * Stops timers, polling and listening at once. Work still running after the grace period is given up: its messages
 * return to their queues and its connections are cut; its promises are left to themselves.
 */
export async function stopInOrder(options: StopOptions): Promise<void> {
  const abandon = new AbortController();
  const limit = setTimeout(() => {
    abandon.abort();
    options.server.cut();
  }, options.graceMs);
  for (const timer of options.timers) timer.stop();
  try {
    await Promise.all([
      options.server.close(),
      ...options.queues.map((queue) => queue.stop(abandon.signal)),
      Promise.race([options.invoker.idle(), fired(abandon.signal)]),
    ]);
  } finally {
    clearTimeout(limit);
  }
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
