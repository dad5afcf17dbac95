/**
 * An app whose HSMs may become more while it runs: people add one by a sealed decision. Then everything is put together again over the
 * longer list, as a restart with other settings would; what runs goes on with what it began with.
 */
import { isWardenError } from '../core/errors.ts';
import type { Clock, Logger } from '../core/ports.ts';
import { Serializer } from '../core/serializer.ts';
import { MINUTE_MS } from '../core/time.ts';
import type { AddedHsm } from '../features/fleet/decisions.ts';
import type { Config } from './config/config.ts';
import { withAdded } from './config/with-added.ts';

/** What was decided is believed for so long. */
const FRESH_MS = MINUTE_MS;

/** What generations are made from. */
export interface GenerationsDeps<T> {
  /** As the settings say. */
  readonly config: Config;
  /** Over the configuration with the HSMs that were added. */
  readonly make: (config: Config) => T;
  /** Undefined where nothing can be added: no HSM is searched for, or decisions are not sealed. */
  readonly added: (() => Promise<readonly AddedHsm[]>) | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** The newest of them does what comes. */
export class Generations<T extends { stop(): Promise<void> }> {
  readonly #deps: GenerationsDeps<T>;
  readonly #serializer = new Serializer();
  readonly #all: T[] = [];
  #latest: T;
  #hsms: string;
  #readAt = Number.NEGATIVE_INFINITY;
  #isStopping = false;

  /** Makes the first, over the HSMs of the settings. */
  constructor(deps: GenerationsDeps<T>) {
    this.#deps = deps;
    this.#latest = deps.make(deps.config);
    this.#all.push(this.#latest);
    this.#hsms = namesOf(deps.config);
  }

  /** The newest so far. */
  get latest(): T {
    return this.#latest;
  }

  /** What was decided is read again unless that was a moment ago. A failure is logged, and nothing changes; it does not fail. */
  async current(isFresh = false): Promise<T> {
    const { added, clock } = this.#deps;
    if (added === undefined || this.#isStopping) return this.#latest;
    const askedAt = clock.now();
    return this.#serializer.run(async () => {
      const isKnown = isFresh ? this.#readAt > askedAt : clock.now() - this.#readAt < FRESH_MS;
      if (!isKnown && !this.#isStopping) await this.#renew(added);
      return this.#latest;
    });
  }

  /** Does `work` by the newest; once more where that knew no such HSM, and it was added meanwhile. */
  async run<R>(work: (app: T) => Promise<R>): Promise<R> {
    const app = await this.current();
    try {
      return await work(app);
    } catch (error) {
      if (!isWardenError(error) || error.code !== 'hsm-unknown') throw error;
      const newer = await this.current(true);
      if (newer === app) throw error;
      return work(newer);
    }
  }

  /** Stops all of them. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#all.map((one) => one.stop()));
  }

  async #renew(added: () => Promise<readonly AddedHsm[]>): Promise<void> {
    const { config, make, clock, logger } = this.#deps;
    try {
      const whole = withAdded(config, await added());
      this.#readAt = clock.now();
      if (namesOf(whole) === this.#hsms) return;
      logger.info('the HSMs that are protected by a decision have changed', {
        added: whole.hsms.slice(config.hsms.length).map(({ name }) => name),
      });
      this.#latest = make(whole);
      this.#all.push(this.#latest);
      this.#hsms = namesOf(whole);
    } catch (error) {
      if (!isWardenError(error)) throw error;
      const { code, message: reason } = error;
      logger.error('which HSMs people added could not be read; those that are known go on', { code, reason });
    }
  }
}

function namesOf({ hsms }: Config): string {
  return JSON.stringify(hsms.map(({ name, url }) => [name, url]));
}
