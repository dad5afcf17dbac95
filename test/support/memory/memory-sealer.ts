/** A sealing key in memory. */
import { createPrivateKey, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { WardenError } from '../../../src/core/errors.ts';
import type { Clock } from '../../../src/core/ports.ts';
import { keyIdOf, type PinnedKey, type PinnedKeys } from '../../../src/core/seal/pinned-keys.ts';
import { type Seal, type SealedFacts, type SealPurpose, sealedBytes } from '../../../src/core/seal/seal.ts';
import type { Sealer } from '../../../src/core/seal/sealer.ts';
import { verifySeal } from '../../../src/core/seal/verify-seal.ts';
import { type DecisionSeals, decisionSeals } from '../../../src/features/audit/line-seals.ts';
import { throwIfAborted } from './abort.ts';
import { Faults } from './faults.ts';

/** What was asked to be sealed. */
export interface Asked {
  readonly purpose: SealPurpose;
  readonly facts: SealedFacts;
}

/** A {@link Sealer} whose key lives as long as its object. It remembers whatever it was asked to seal. */
export class MemorySealer implements Sealer {
  readonly faults = new Faults<'seal' | 'pinned'>();
  readonly asked: Asked[] = [];
  readonly pin: PinnedKey;
  readonly #key: KeyObject;
  readonly #clock: Clock;
  #pinned: PinnedKeys;

  /** `deployment` is pinned with this very key, unless {@link usePins} says otherwise. */
  constructor(clock: Clock, app: PinnedKey['app'] = 'backup', deployment = 'test') {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = privateKey.export({ format: 'jwk' });
    this.#key = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }));
    this.#clock = clock;
    this.pin = { app, x, y };
    this.#pinned = { deployment, keys: [this.pin] };
  }

  /** The pinned keys it goes by. */
  get pinned(): PinnedKeys {
    return this.#pinned;
  }

  /** What seals and judges decisions by it. */
  get decisions(): DecisionSeals {
    const pinned = async () => {
      await this.faults.meet('pinned', '');
      return this.pinned;
    };
    return decisionSeals({ sealer: this, pinned }, (hsm) => `https://${hsm}.test`);
  }

  /** Goes by other pinned keys. */
  usePins(pinned: PinnedKeys): void {
    this.#pinned = pinned;
  }

  async seal(purpose: SealPurpose, facts: SealedFacts, signal?: AbortSignal): Promise<Seal> {
    throwIfAborted(signal);
    await this.faults.meet('seal', purpose);
    this.asked.push({ purpose, facts });
    const about = { keyId: keyIdOf(this.pin), sealedAt: this.#clock.now() };
    const bytes = sealedBytes(this.#pinned.deployment, purpose, facts, about);
    const signature = createSign('sha256')
      .update(bytes)
      .sign({ key: this.#key, dsaEncoding: 'ieee-p1363' }, 'base64url');
    const seal: Seal = { format: 1, ...about, signature };
    const verdict = verifySeal(this.#pinned, purpose, facts, seal);
    if (verdict.good) return seal;
    throw new WardenError('seal-unavailable', { message: `Nothing can be sealed: ${verdict.why}.` });
  }
}
