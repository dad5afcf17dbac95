/** Seals what says of an HSM when something was last done, and says what such seals are worth. */
import type { Json } from '../canonical-json.ts';
import { isWardenError, type WardenError } from '../errors.ts';
import type { Logger } from '../ports.ts';
import type { Seal, SealPurpose } from './seal.ts';
import type { Seals } from './seals.ts';
import { type SealVerdict, verifySeal } from './verify-seal.ts';

/** What is dated: the summary of a scan, the end of a run, a verification, a note of what one of them found. */
type DatedPurpose = Extract<SealPurpose, 'summary' | 'run' | 'verification' | 'finding'>;

/** What is dated of one HSM, which is called by its name in the settings. */
export interface Dated {
  readonly purpose: DatedPurpose;
  readonly hsm: string;
  readonly facts: Json;
}

/** What was read, and why it cannot be relied on, if so. */
export interface Believed<T> {
  readonly value: T | undefined;
  /** In sentences; absent while it can. */
  readonly doubt?: string;
}

/** Why the seal of what is dated does not count, in a sentence; undefined where it does. */
export type DoubtOf = (dated: Dated, seal: Seal | undefined) => string | undefined;

/** What {@link DatedSeals} work with. */
interface DatedSealsDeps {
  readonly seals: Seals;
  /** What seals name an HSM of the settings by; undefined for one that the settings do not name. */
  readonly resourceOf: (hsm: string) => string | undefined;
  /** Why the key could not be used a moment ago, while no seal is asked for. */
  readonly failure?: () => WardenError | undefined;
}

const SUBJECTS: Readonly<Record<DatedPurpose, { readonly one: string; readonly last: string }>> = {
  summary: { one: 'the summary of a scan', last: 'summary of the last scan' },
  run: { one: 'the end of a run', last: 'end of the last run' },
  verification: { one: 'a verification', last: 'last verification' },
  finding: { one: 'the note of a finding', last: 'note of a finding' },
};

/** One for each process. */
export class DatedSeals {
  readonly #deps: DatedSealsDeps;

  constructor(deps: DatedSealsDeps) {
    this.#deps = deps;
  }

  /**
   * The seal over what this process has just done; undefined, and logged, while the key is out of reach, and where this process has
   * none: whoever reads it will say that it is not known for sure. Fails with the reason of `signal`.
   */
  async seal(
    { purpose, hsm, facts }: Dated,
    logger: Pick<Logger, 'warn'>,
    signal?: AbortSignal,
  ): Promise<Seal | undefined> {
    const { seals, resourceOf, failure } = this.#deps;
    const resource = resourceOf(hsm);
    if (seals.sealer === undefined || resource === undefined) return undefined;
    try {
      const known = failure?.();
      if (known !== undefined) throw known;
      return await seals.sealer.seal(purpose, { hsm: resource, facts }, signal);
    } catch (error) {
      if (signal?.aborted || !isWardenError(error, 'seal-unavailable')) throw error;
      logger.warn(`${SUBJECTS[purpose].one} could not be sealed`, { hsm, error });
      return undefined;
    }
  }

  /** What says what seals are worth, by the pinned keys. Fails with `seal-unavailable` when these cannot be read. */
  async judge(signal?: AbortSignal): Promise<(dated: Dated, seal: Seal) => SealVerdict> {
    const { seals, resourceOf } = this.#deps;
    const pinned = await seals.pinned(signal);
    return ({ purpose, hsm, facts }, seal) => {
      const resource = resourceOf(hsm);
      if (resource === undefined) return { good: false, why: `the settings name no HSM ${hsm}` };
      return verifySeal(pinned, purpose, { hsm: resource, facts }, seal);
    };
  }

  /** What tells why a seal does not count, by the pinned keys; where these cannot be read, none does. Fails with the reason of `signal`. */
  async doubts(signal?: AbortSignal): Promise<DoubtOf> {
    try {
      const judge = await this.judge(signal);
      return (dated, seal) => {
        const what = SUBJECTS[dated.purpose].last;
        if (seal === undefined)
          return `The ${what} is not sealed: whoever can write the storage could have made it up.`;
        const verdict = judge(dated, seal);
        return verdict.good ? undefined : `The seal of the ${what} does not count, for ${verdict.why}.`;
      };
    } catch (error) {
      if (signal?.aborted || !isWardenError(error, 'seal-unavailable')) throw error;
      return ({ purpose }) =>
        `The seal of the ${SUBJECTS[purpose].last} could not be verified: ${error.message}`;
    }
  }
}
