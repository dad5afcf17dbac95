/** What every Sealer does, in memory or on a vault. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WardenError } from '../../src/core/errors.ts';
import { keyIdOf, type PinnedKeys } from '../../src/core/seal/pinned-keys.ts';
import { Seal, type SealedFacts } from '../../src/core/seal/seal.ts';
import type { Sealer } from '../../src/core/seal/sealer.ts';
import { verifySeal } from '../../src/core/seal/verify-seal.ts';
import { failureOf } from '../support/errors.ts';

/** A sealer of the backup app to try. */
export interface SealerWorld {
  readonly sealer: Sealer;
  readonly pinned: PinnedKeys;
  /** The same key, where the settings pin it for the recovery app only. */
  readonly misplaced: Sealer;
  /** Keeps the key from being used, from now on. */
  breakKey(): Promise<void>;
  close?(): Promise<void>;
}

const FACTS: SealedFacts = { hsm: 'https://contoso.managedhsm.azure.net', facts: { key: 'alpha', bytes: 7 } };

/** Runs the contract of {@link Sealer}. */
export function describeSealer(name: string, factory: () => Promise<SealerWorld>): void {
  describe(`${name} keeps the contract of Sealer`, () => {
    let world: SealerWorld;
    beforeAll(async () => {
      world = await factory();
    });
    afterAll(async () => world.close?.());

    it('makes a seal that the pinned keys verify', async () => {
      const seal = await world.sealer.seal('recovery-point', FACTS);

      const [pin] = world.pinned.keys;
      expect(verifySeal(world.pinned, 'recovery-point', FACTS, seal)).toEqual({
        good: true,
        keyId: pin === undefined ? undefined : keyIdOf(pin),
        sealedAt: seal.sealedAt,
      });
    });

    it('makes a seal that is small and reads back from its JSON', async () => {
      const seal = await world.sealer.seal('recovery-point', FACTS);
      const text = JSON.stringify(seal);

      expect(text.length).toBeLessThan(300);
      expect(Seal.parse(JSON.parse(text))).toEqual(seal);
    });

    it('binds the seal to purpose, HSM and facts', async () => {
      const seal = await world.sealer.seal('recovery-point', FACTS);

      const others: SealedFacts[] = [
        { ...FACTS, hsm: 'https://fabrikam.managedhsm.azure.net' },
        { facts: FACTS.facts },
        { ...FACTS, position: 1 },
        { ...FACTS, facts: { key: 'beta', bytes: 7 } },
      ];
      const verdicts = others.map((facts) => verifySeal(world.pinned, 'recovery-point', facts, seal));
      expect(verdicts.map(({ good }) => good)).toEqual(others.map(() => false));
      expect(verifySeal(world.pinned, 'summary', FACTS, seal).good).toBe(false);
    });

    it('makes no seal that would not count', async () => {
      const error = await failureOf(world.misplaced.seal('recovery-point', FACTS));

      expect(error.code).toBe('seal-unavailable');
      expect(error.message).toContain('the key of the recovery app seals no recovery-point');
    });

    it('refuses facts that canonical JSON cannot hold', async () => {
      await expect(world.sealer.seal('recovery-point', { facts: { key: '\ud800' } })).rejects.toThrow(
        TypeError,
      );
    });

    it('gives up when its caller does, with the reason of the signal', async () => {
      const reason = new WardenError('app-stopping', { message: 'The app stops.' });

      expect(await failureOf(world.sealer.seal('recovery-point', FACTS, AbortSignal.abort(reason)))).toBe(
        reason,
      );
    });

    it('says that the key cannot be used when it cannot', async () => {
      await world.breakKey();

      const error = await failureOf(world.sealer.seal('recovery-point', FACTS));
      expect(error.code).toBe('seal-unavailable');
      expect(error.transient).toBe(true);
    });
  });
}
