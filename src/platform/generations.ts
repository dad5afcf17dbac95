/**
 * An app whose HSMs may become more while it runs: people add one by a sealed decision. Then everything is put together again over the
 * longer list, as a restart with other settings would; what runs goes on with what it began with.
 */
import { isWardenError } from '../core/errors.ts';
import type { Clock, Logger } from '../core/ports.ts';
import { Serializer } from '../core/serializer.ts';
import { isoTime, MINUTE_MS } from '../core/time.ts';
import type { AddedHsm } from '../features/fleet/decisions.ts';
import type { Config } from './config/config.ts';
import { withAdded } from './config/with-added.ts';
import { Successors } from './successors.ts';

/** What was decided is believed for so long. */
const FRESH_MS = MINUTE_MS;
/** After a failure nothing waits for the next attempt for so long. */
const AGAIN_MS = 10_000;
/** While it lasts, attempts that no work asks for are so far apart at most. */
const AGAIN_AT_MOST_MS = MINUTE_MS;
/** Older knowledge is said to be old: a page must not call a fleet safe of which it may not know all. */
const OLD_MS = 5 * MINUTE_MS;
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
  readonly #successors: Successors<T>;
  readonly #stopping = new AbortController();
  #hsms: string;
  #readAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  /** Why the decisions could not be read, unless they were since. */
  #failure: unknown;
  /** Failures since the decisions were read. */
  #failures = 0;
  /** When the attempt began that is under way. */
  #beganAt: number | undefined;
  #isWaiting = false;

  /** Makes the first, over the HSMs of the settings. */
  constructor(deps: GenerationsDeps<T>) {
    this.#deps = deps;
    this.#successors = new Successors(deps.make(deps.config), deps.logger);
    this.#hsms = namesOf(deps.config);
  }

  /** The newest so far. */
  get latest(): T {
    return this.#successors.newest;
  }

  /** How many are in memory: the newest, and those before it that do something. */
  get count(): number {
    return this.#successors.count;
  }

  /** Whether the decisions were asked for, with or without success: before that an HSM may be unknown that people added. */
  get hasAsked(): boolean {
    return (
      this.#deps.added === undefined || Math.max(this.#readAt, this.#failedAt) > Number.NEGATIVE_INFINITY
    );
  }

  /** Why HSMs may be unknown that people added, in sentences; undefined while all are known. */
  get doubt(): string | undefined {
    const { added, clock } = this.#deps;
    if (added === undefined || (this.#failure === undefined && this.#readAt > Number.NEGATIVE_INFINITY))
      return undefined;
    const why = this.#failure instanceof Error ? ` ${this.#failure.message}` : '';
    if (this.#readAt === Number.NEGATIVE_INFINITY)
      return `The HSMs that people added are not known, for the audit log could not be read.${why}`;
    if (clock.now() - this.#readAt < OLD_MS) return undefined;
    return `HSMs that people added after ${isoTime(this.#readAt)} are not known, for the audit log could not be read.${why}`;
  }

  /**
   * What was decided is read again unless that was a moment ago. A failure is logged, and nothing changes; it does not fail. What is late
   * is not waited for, unless `isFresh`: then what comes back knows all decisions of before the call, or could not read them.
   */
  async current(isFresh = false): Promise<T> {
    const { added, clock } = this.#deps;
    if (added === undefined || this.#isStopping) return this.latest;
    const askedAt = clock.now();
    const isKnown = () =>
      clock.now() - this.#failedAt < AGAIN_MS ||
      (isFresh ? this.#readAt > askedAt : clock.now() - this.#readAt < FRESH_MS);
    const isLate = this.#beganAt !== undefined && askedAt - this.#beganAt >= WAIT_MS;
    if (isKnown() || (isLate && !isFresh)) return this.latest;
    const asked = this.#serializer.run(async () => {
      if (!isKnown() && !this.#isStopping) await this.#renew(added);
    });
    await (isFresh ? asked : this.#inTime(asked));
    return this.latest;
  }

  /** Does `work` by the newest so far, which stays in memory until that is done. It begins at once. */
  hold<R>(work: (app: T) => Promise<R>): Promise<R> {
    return this.#successors.hold(work);
  }

  /** Does `work` by the newest, as {@link Generations.current} has it; once more where that knew no such HSM, and it was added meanwhile. */
  async run<R>(work: (app: T) => Promise<R>, isFresh = false): Promise<R> {
    await this.current(isFresh);
    const app = this.latest;
    try {
      return await this.hold(work);
    } catch (error) {
      if (!isWardenError(error) || error.code !== 'hsm-unknown') throw error;
      // Whether people added it nobody knows: that the HSM is unknown would be more than was seen.
      if ((await this.current(true)) === app) throw this.#failure ?? error;
      return this.hold(work);
    }
  }

  /** Stops all of them. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#successors.stop();
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
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
        this.#successors.succeed(make(whole));
        this.#hsms = namesOf(whole);
        logger.info('the HSMs that are protected by a decision have changed', {
          added: whole.hsms.slice(config.hsms.length).map(({ name }) => name),
        });
      }
      this.#readAt = beganAt;
      this.#failure = undefined;
      this.#failures = 0;
      this.#failedAt = Number.NEGATIVE_INFINITY;
    } catch (error) {
      this.#failure = error;
      this.#failures += 1;
      this.#failedAt = clock.now();
      const why = isWardenError(error) ? { code: error.code, reason: error.message } : { error };
      logger.error('which HSMs people added could not be read; those that are known go on', why);
      this.#tryAgain();
    } finally {
      this.#beganAt = undefined;
    }
  }

  /** An HSM that people added waits for the next attempt, and not for the next work, which may be hours away. */
  #tryAgain(): void {
    if (this.#isWaiting || this.#isStopping) return;
    this.#isWaiting = true;
    const pause = Math.min(AGAIN_MS * 2 ** Math.min(this.#failures - 1, 10), AGAIN_AT_MOST_MS);
    this.#deps.clock.sleep(pause, this.#stopping.signal).then(
      () => {
        this.#isWaiting = false;
        // It waits again where other work has just failed at it, too.
        return this.current().then(() => {
          if (this.#failure !== undefined) this.#tryAgain();
        });
      },
      // The app stops.
      () => undefined,
    );
  }
}

function namesOf({ hsms }: Config): string {
  return JSON.stringify(hsms.map(({ name, url }) => [name, url]));
}
