/** How many requests may be open at the same time: of one person, and for one HSM. */
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { WardenError } from '../../../core/errors.ts';
import type { Actor } from '../../../core/model/names.ts';
import type { Clock, Logger } from '../../../core/ports.ts';
import { Serializer } from '../../../core/serializer.ts';
import { MINUTE_MS } from '../../../core/time.ts';
import { isClosed } from '../model/record.ts';
import { readEach } from './each-recovery.ts';
import { isOpenIn, type Logged, type RecoveryEvidence } from './evidence.ts';
import { isDue } from './requirements.ts';

/** Both at least 1. */
export interface OpenLimitsPolicy {
  readonly perRequester: number;
  readonly perHsm: number;
}

/** What counting needs. */
export interface OpenLimitsDeps {
  readonly store: DocumentStore;
  readonly evidence: RecoveryEvidence;
  readonly clock: Pick<Clock, 'now'>;
  readonly policy: OpenLimitsPolicy;
}

/** A request is noted in the log before it is stored; one that was not stored by then never will be. */
const STORED_WITHIN_MS = 2 * MINUTE_MS;

/** One per process: within it the limits are exact; other processes may each let one more in at the same moment. */
export class OpenLimits {
  readonly #deps: OpenLimitsDeps;
  readonly #serializer = new Serializer();

  constructor(deps: OpenLimitsDeps) {
    this.#deps = deps;
  }

  /**
   * Does `note`, which notes a new request of `requester` for `hsm` in the audit log, unless as many are open as may be. Fails
   * with `too-many-open`, which says of whom or what, or as `note` or the audit log does.
   */
  admit(requester: Actor, hsm: string, logger: Logger, note: () => Promise<void>): Promise<void> {
    const { perRequester, perHsm } = this.#deps.policy;
    return this.#serializer.run(async () => {
      const logged = await this.#deps.evidence.all();
      const open = [...logged].filter(([, one]) => isOpenIn(one));
      // One webhook speaks for whatever happens: a purge of all keys of an HSM must open a request for each.
      const own = requester.kind === 'person' ? open.filter(([, one]) => isBy(one, requester)) : [];
      if (await this.#isFull(own, perRequester, logger))
        throw full('requester', requester.name, perRequester, hsm);
      const there = open.filter(([, { about }]) => about?.hsm.toLowerCase() === hsm.toLowerCase());
      if (await this.#isFull(there, perHsm, logger)) throw full('hsm', hsm, perHsm, hsm);
      await note();
    });
  }

  /** The log is counted; only when that is too many are the requests read, for some may have run out of time. */
  async #isFull(
    open: readonly (readonly [string, Logged])[],
    limit: number,
    logger: Logger,
  ): Promise<boolean> {
    if (open.length < limit) return false;
    const now = this.#deps.clock.now();
    const held = await readEach(
      { store: this.#deps.store, logger },
      open.map(([id]) => id),
    );
    const stored = new Set(held.map(({ record }) => record.id));
    const live = held.filter(({ record }) => !isClosed(record) && !isDue(record, now)).length;
    const coming = open.filter(
      ([id, { about }]) => !stored.has(id) && now - (about?.at ?? 0) < STORED_WITHIN_MS,
    ).length;
    return live + coming >= limit;
  }
}

function isBy({ requests }: Logged, { kind, id }: Actor): boolean {
  const actor = requests[0]?.actor;
  return actor?.kind === kind && actor.id.toLowerCase() === id.toLowerCase();
}

function full(of: 'requester' | 'hsm', name: string, limit: number, hsm: string): WardenError {
  const [whose, setting] =
    of === 'requester'
      ? [`${name} has`, 'WARDEN_OPEN_PER_REQUESTER']
      : [`For HSM ${name} there are`, 'WARDEN_OPEN_PER_HSM'];
  return new WardenError('too-many-open', {
    message: `${whose} ${limit} open requests, which is as many as may be open at the same time (${setting}).`,
    advice:
      'Have them decided, or cancel those that are not needed; GET /api/recoveries?state=requested lists them.',
    hsm,
  });
}
