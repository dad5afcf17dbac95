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
/** After a failure nothing waits for the next attempt for so long. */
const AGAIN_MS = 10_000;
/** No work waits longer for the log: that HSMs may have been added must not hold up those that are known. */
const WAIT_MS = 5_000;

/** What generations are made from. */
export interface GenerationsDeps<T> {
  /** As the settings say. */
  readonly config: Config;
  /** Over the configuration with the HSMs that were added. */
  readonly make: (config: Config) => T;
  /** Undefined where nothing can be added: no HSM is searched for, or decisions are not sealed. */
  readonly added: (() => Promise<readonly AddedHsm[]>) | undefined;
  readonly clock: Clock;
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
  #failedAt = Number.NEGATIVE_INFINITY;
  /** Why the decisions could not be read, unless they were since. */
  #failure: unknown;
  /** When the attempt began that is under way. */
  #beganAt: number | undefined;
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

  /** Whether the decisions were asked for, with or without success: before that an HSM may be unknown that people added. */
  get hasAsked(): boolean {
    return (
      this.#deps.added === undefined || Math.max(this.#readAt, this.#failedAt) > Number.NEGATIVE_INFINITY
    );
  }

  /**
   * What was decided is read again unless that was a moment ago. A failure is logged, and nothing changes; it does not fail. What is late
   * is not waited for, unless `isFresh`: then what comes back knows all decisions of before the call, or could not read them.
   */
  async current(isFresh = false): Promise<T> {
    const { added, clock } = this.#deps;
    if (added === undefined || this.#isStopping) return this.#latest;
    const askedAt = clock.now();
    const isKnown = () =>
      clock.now() - this.#failedAt < AGAIN_MS ||
      (isFresh ? this.#readAt > askedAt : clock.now() - this.#readAt < FRESH_MS);
    const isLate = this.#beganAt !== undefined && askedAt - this.#beganAt >= WAIT_MS;
    if (isKnown() || (isLate && !isFresh)) return this.#latest;
    const asked = this.#serializer.run(async () => {
      if (!isKnown() && !this.#isStopping) await this.#renew(added);
    });
    await (isFresh ? asked : this.#inTime(asked));
    return this.#latest;
  }

  /** Does `work` by the newest; once more where that knew no such HSM, and it was added meanwhile. */
  async run<R>(work: (app: T) => Promise<R>): Promise<R> {
    const app = await this.current();
    try {
      return await work(app);
    } catch (error) {
      if (!isWardenError(error) || error.code !== 'hsm-unknown') throw error;
      const newer = await this.current(true);
      // Whether people added it nobody knows: that the HSM is unknown would be more than was seen.
      if (newer === app) throw this.#failure ?? error;
      return work(newer);
    }
  }

  /** Stops all of them. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#all.map((one) => one.stop()));
  }

  async #inTime(asked: Promise<void>): Promise<void> {
    const over = new AbortController();
    const limit = this.#deps.clock.sleep(WAIT_MS, over.signal).catch(() => undefined);
    await Promise.race([asked, limit]);
    over.abort();
  }

  async #renew(added: () => Promise<readonly AddedHsm[]>): Promise<void> {
    const { config, make, clock, logger } = this.#deps;
    const beganAt = clock.now();
    this.#beganAt = beganAt;
    try {
      const whole = withAdded(config, await added());
      // What is made now would be stopped by nobody.
      if (this.#isStopping) return;
      if (namesOf(whole) !== this.#hsms) {
        this.#latest = make(whole);
        this.#all.push(this.#latest);
        this.#hsms = namesOf(whole);
        logger.info('the HSMs that are protected by a decision have changed', {
          added: whole.hsms.slice(config.hsms.length).map(({ name }) => name),
        });
      }
      this.#readAt = beganAt;
      this.#failure = undefined;
      this.#failedAt = Number.NEGATIVE_INFINITY;
    } catch (error) {
      this.#failure = error;
      this.#failedAt = clock.now();
      const why = isWardenError(error) ? { code: error.code, reason: error.message } : { error };
      logger.error('which HSMs people added could not be read; those that are known go on', why);
    } finally {
      this.#beganAt = undefined;
    }
  }
}

function namesOf({ hsms }: Config): string {
  return JSON.stringify(hsms.map(({ name, url }) => [name, url]));
}
