/** The work under way in an app, and its end when the host stops. */
import { setTimeout as wait } from 'node:timers/promises';
import { WardenError } from '../core/errors.ts';

/** What work that is given back at a stop says of itself. */
export const STOPPING = 'The app is stopping.';

/**
 * The official host waits 5 s for the hook of a stop and then ends the worker, or at once when the hook is done:
 * https://github.com/Azure/azure-functions-nodejs-worker (WorkerTerminate). Until then work may save what it has.
 */
const LIMIT_MS = 4_300;
/** In this time the host takes the results of work that ended, before the worker is gone with them. */
const HANDOVER_MS = 150;

/** Knows the work under way. */
export class RunningWork {
  readonly #stopping: AbortController;
  readonly #running = new Set<Promise<unknown>>();
  readonly #limitMs: number;

  /** `stopping`: its signal is what the work heeds. */
  constructor(stopping: AbortController, limitMs = LIMIT_MS) {
    this.#stopping = stopping;
    this.#limitMs = limitMs;
  }

  /** Does `work`, unless the app is stopping: then it fails with `app-stopping`, and its message goes back. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#stopping.signal.throwIfAborted();
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Asks all work to end, and resolves when it has, or after the limit: the host waits no longer. */
  async stop(): Promise<void> {
    this.#stopping.abort(new WardenError('app-stopping', { message: STOPPING }));
    const limit = new AbortController();
    const over = wait(this.#limitMs, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([this.#ended(), over]);
    limit.abort();
  }

  async #ended(): Promise<void> {
    if (this.#running.size === 0) return;
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    await wait(HANDOVER_MS);
  }
}
