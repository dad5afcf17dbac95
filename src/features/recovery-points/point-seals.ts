/** The seals of recovery points: what is sealed, and what a record's seal is worth. */

import { isWardenError, WardenError } from '../../core/errors.ts';
import type { BackupRecord } from '../../core/model/backup-record.ts';
import type { Clock } from '../../core/ports.ts';
import { DatedSeals } from '../../core/seal/dated-seals.ts';
import type { PinnedKeys } from '../../core/seal/pinned-keys.ts';
import type { SealedFacts } from '../../core/seal/seal.ts';
import type { Seals } from '../../core/seal/seals.ts';
import { type SealVerdict, verifySeal } from '../../core/seal/verify-seal.ts';
import type { DecisionFacts } from '../audit/line-seals.ts';
import { type AdoptedBackups, type Adoption, adoptionFacts, factsDigest } from './adoptions.ts';
import type { FreshBackup } from './fresh-backup.ts';

/** After a failure no seal is asked for so long: a sweep of thousands of keys would wait for each of them. */
export const PAUSE_MS = 60_000;

/** Says what the seal of a record is worth, or, where that does not count, the one of the decision to adopt it. */
export type Judge = (record: BackupRecord) => SealVerdict;

/** What {@link PointSeals} work with. */
export interface PointSealsDeps {
  readonly seals: Seals;
  /** What seals name an HSM of the settings by; undefined for one that the settings do not name. */
  readonly resourceOf: (hsm: string) => string | undefined;
  readonly clock: Clock;
  /** What people decided to believe without a seal of its own that counts. */
  readonly adopted?: AdoptedBackups;
}

/** One for each process. */
export class PointSeals {
  /** The seals of what is dated: they rest on the same keys. */
  readonly dated: DatedSeals;
  readonly #deps: PointSealsDeps;
  #pausedUntil = 0;
  #failure: WardenError | undefined;

  constructor(deps: PointSealsDeps) {
    this.#deps = deps;
    const failure = () => (deps.clock.now() < this.#pausedUntil ? this.#failure : undefined);
    this.dated = new DatedSeals({ ...deps, failure });
  }

  /** Why the last seal could not be made; undefined after one that was. */
  get failure(): WardenError | undefined {
    return this.#failure;
  }

  /** What people decided to believe without a seal of its own that counts. */
  get adopted(): AdoptedBackups | undefined {
    return this.#deps.adopted;
  }

  /** What a decision to adopt a backup seals. Fails with `seal-unavailable` for an HSM that the settings do not name. */
  adoptionFacts(record: BackupRecord, decision: Omit<Adoption, 'seal'>): DecisionFacts {
    const hsm = this.#deps.resourceOf(record.hsm);
    if (hsm === undefined) throw noSealer(record, hsm);
    return adoptionFacts(hsm, record, decision);
  }

  /** The judge of records, by the pinned keys. Fails with `seal-unavailable` when these cannot be read, and with the storage codes. */
  async judge(signal?: AbortSignal): Promise<Judge> {
    const pinned = await this.#deps.seals.pinned(signal);
    const adopted = await this.#deps.adopted?.read(signal);
    return (record) => this.#verdict(pinned, record, adopted);
  }

  /**
   * The record of a backup that the HSM gave out just now, sealed; without a seal when the key is out of reach: the backup is
   * worth having all the same. Fails with the reason of `signal`.
   */
  async seal(fresh: FreshBackup, record: BackupRecord, signal?: AbortSignal): Promise<BackupRecord> {
    const { seals, resourceOf, clock } = this.#deps;
    if (fresh.sha256 !== record.sha256 || fresh.hsm !== record.hsm || fresh.key !== record.key) {
      throw new Error('expected the record of the very backup that is to be sealed');
    }
    if (clock.now() < this.#pausedUntil) return record;
    try {
      const { sealer } = seals;
      const hsm = resourceOf(record.hsm);
      if (sealer === undefined || hsm === undefined) throw noSealer(record, hsm);
      const seal = await sealer.seal('recovery-point', pointFacts(hsm, record), signal);
      this.#failure = undefined;
      return { ...record, seal };
    } catch (error) {
      if (signal?.aborted || !isWardenError(error, 'seal-unavailable')) throw error;
      this.#failure = error;
      this.#pausedUntil = clock.now() + PAUSE_MS;
      return record;
    }
  }

  #verdict(
    pinned: PinnedKeys,
    record: BackupRecord,
    adopted: ReadonlyMap<string, Adoption> | undefined,
  ): SealVerdict {
    // The digest of thousands of records is not made to be looked for where nobody ever adopted one.
    const adoption =
      adopted === undefined || adopted.size === 0 ? undefined : adopted.get(factsDigest(record));
    const none: SealVerdict = { good: false, why: 'it has none' };
    if (record.seal === undefined && adoption === undefined) return none;
    const hsm = this.#deps.resourceOf(record.hsm);
    if (hsm === undefined) return { good: false, why: `the settings name no HSM ${record.hsm}` };
    const own =
      record.seal === undefined
        ? undefined
        : verifySeal(pinned, 'recovery-point', pointFacts(hsm, record), record.seal);
    if (own?.good === true || adoption === undefined) return own ?? none;
    const facts = { facts: { ...adoptionFacts(hsm, record, adoption) } };
    const decided = verifySeal(pinned, 'decision', facts, adoption.seal);
    return decided.good ? decided : (own ?? decided);
  }
}

/** What a seal binds: all of the record but the HSM's name in the settings, which is not its own. Its resource, `hsm`, stands for it. */
export function pointFacts(hsm: string, { seal: _seal, hsm: _name, ...facts }: BackupRecord): SealedFacts {
  return { hsm, facts };
}

function noSealer({ hsm, key }: BackupRecord, resource: string | undefined): WardenError {
  const why =
    resource === undefined
      ? `no setting names HSM ${hsm}, and nobody added it`
      : 'this process has no sealing key';
  return new WardenError('seal-unavailable', {
    message: `The backup of key ${key} on HSM ${hsm} cannot be sealed: ${why}.`,
    advice: 'Set WARDEN_SEAL_KEY_URL, and name the HSM in WARDEN_HSMS, or add it: hsm-warden hsm add.',
    hsm,
    key,
  });
}
