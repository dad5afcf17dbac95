/** Brings a host to rest as the official one does: no new work, the app's own ending, nothing left open. */
import { setImmediate as turn } from 'node:timers/promises';
import { describeError } from './host-error.ts';
import type { HostLogger } from './host-log.ts';
import type { HttpServer } from './http/server.ts';
import type { QueueListener } from './queue/queue-listener.ts';
import type { TimerListener } from './timer/timer-listener.ts';

/** What has to come to rest. */
export interface StopOptions {
  readonly timers: readonly TimerListener[];
  readonly queues: readonly QueueListener[];
  readonly server: HttpServer;
  /** Runs the app's `appTerminate` hooks. */
  readonly terminate: () => Promise<void>;
  /** How long the hooks may take, in milliseconds. */
  readonly limitMs: number;
  readonly log: HostLogger;
}

/**
 * Stops timers, polling and listening, and runs the app's `appTerminate` hooks, while running work goes on. As soon as the
 * hooks' promises have resolved, or the limit has passed, the end has come: seen on the official host, whose worker exits then.
 * A message whose function has ended by then is deleted or given back; one whose function has not stays hidden for the rest of
 * its visibility, as after a crash. Requests without an answer are cut; promises of what still runs are left to themselves.
 */
export async function stopInOrder(options: StopOptions): Promise<void> {
  const { timers, queues, server, terminate, limitMs, log } = options;
  const abandon = new AbortController();
  for (const timer of timers) timer.stop();
  const atRest = Promise.all([server.close(), ...queues.map((queue) => queue.stop(abandon.signal))]);
  // It may fail before anybody waits for it.
  atRest.catch(() => undefined);
  await withinLimit(
    terminate().catch((error: unknown) => {
      const message = `an appTerminate hook failed: ${describeError(error)}`;
      log({ level: 'error', category: 'system', message });
    }),
    limitMs,
  );
  // The answers of functions that ended together with the hooks come a few turns later.
  await turn();
  await turn();
  abandon.abort();
  server.cut();
  await atRest;
}

async function withinLimit(work: Promise<void>, limitMs: number): Promise<void> {
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, limitMs);
  await Promise.race([work, limit.promise]);
  clearTimeout(timer);
}
