/** What a seal is worth: bound to its purpose, deployment and facts, and to the time and place for which its key counts. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { keyIdOf, type PinnedKey } from '../../../src/core/seal/pinned-keys.ts';
import { SEAL_PURPOSES, type Seal } from '../../../src/core/seal/seal.ts';
import { verifySeal } from '../../../src/core/seal/verify-seal.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemorySealer } from '../../support/memory/memory-sealer.ts';

const AT = Date.UTC(2026, 10, 24, 2, 0, 0);
const clock = new ManualClock({ now: AT });
const sealer = new MemorySealer(clock, 'recovery', 'prod');
const FACTS = { hsm: 'https://contoso.managedhsm.azure.net', position: 7, facts: { decision: 'approved' } };
const seal = await sealer.seal('decision', FACTS);

function pinnedWith(change: Partial<PinnedKey>) {
  return { deployment: 'prod', keys: [{ ...sealer.pin, ...change }] };
}

const iso = (ms: number) => new Date(ms).toISOString();

describe('the pinned key of a seal', () => {
  it.each<{ name: string; change: Partial<PinnedKey>; why?: string }>([
    { name: 'without bounds', change: {} },
    { name: 'from that very moment', change: { from: iso(AT) } },
    { name: 'from a moment later', change: { from: iso(AT + 1) }, why: `its key counts from ${iso(AT + 1)}` },
    { name: 'until that very moment', change: { until: iso(AT) } },
    {
      name: 'until a moment before',
      change: { until: iso(AT - 1) },
      why: `its key counted until ${iso(AT - 1)}`,
    },
    { name: 'from that very position', change: { fromPosition: 7 } },
    { name: 'from the next position', change: { fromPosition: 8 }, why: 'its key counts from position 8' },
    { name: 'until that very position', change: { untilPosition: 7 } },
    {
      name: 'until the position before',
      change: { untilPosition: 6 },
      why: 'its key counted until position 6',
    },
    { name: 'revoked', change: { revoked: true }, why: 'its key is revoked' },
    {
      name: 'of the other app',
      change: { app: 'backup' },
      why: 'the key of the backup app seals no decision',
    },
  ])('$name', ({ change, why }) => {
    const verdict = verifySeal(pinnedWith(change), 'decision', FACTS, seal);

    expect(verdict).toEqual(
      why === undefined ? { good: true, keyId: keyIdOf(sealer.pin), sealedAt: AT } : { good: false, why },
    );
  });

  it.each<{ name: string; change: Partial<PinnedKey>; why?: string }>([
    { name: 'from a position', change: { fromPosition: 8 } },
    { name: 'until a position and a time', change: { untilPosition: 6, until: iso(AT) } },
    {
      name: 'until a position and a moment before',
      change: { untilPosition: 6, until: iso(AT - 1) },
      why: `its key counted until ${iso(AT - 1)}`,
    },
    {
      name: 'until a position alone',
      change: { untilPosition: 9 },
      why: 'its key counted until position 9, and no `until` says what that means outside the chain',
    },
  ])('is judged by time for what belongs to no chain: $name', async ({ change, why }) => {
    const { position: _, ...standing } = FACTS;
    const beside = await sealer.seal('decision', standing);
    const verdict = verifySeal(pinnedWith(change), 'decision', standing, beside);

    expect(verdict).toEqual(
      why === undefined ? { good: true, keyId: keyIdOf(sealer.pin), sealedAt: AT } : { good: false, why },
    );
  });
});

describe('a seal does not count', () => {
  it('in another deployment', () => {
    const elsewhere = { ...pinnedWith({}), deployment: 'test' };

    expect(verifySeal(elsewhere, 'decision', FACTS, seal).good).toBe(false);
  });

  it('when its key is not pinned', () => {
    const other = new MemorySealer(clock, 'recovery', 'prod');

    expect(verifySeal(other.pinned, 'decision', FACTS, seal)).toEqual({
      good: false,
      why: `its key ${seal.keyId} is not pinned`,
    });
  });

  it('when it names another key than the one that made it', () => {
    const other = new MemorySealer(clock, 'recovery', 'prod');
    const named = { ...seal, keyId: keyIdOf(other.pin) };

    expect(verifySeal(other.pinned, 'decision', FACTS, named).good).toBe(false);
  });

  it('when its time was changed', () => {
    expect(verifySeal(sealer.pinned, 'decision', FACTS, { ...seal, sealedAt: AT + 1 }).good).toBe(false);
  });

  it('when its facts are none that canonical JSON can hold', () => {
    expect(verifySeal(sealer.pinned, 'decision', { facts: '\udfff' }, seal).good).toBe(false);
  });
});

const anySeal = fc.record<Seal>({
  format: fc.constant(1),
  keyId: fc.oneof(fc.constant(seal.keyId), fc.stringMatching(/^[\w-]{43}$/)),
  sealedAt: fc.oneof(fc.constant(AT), fc.nat()),
  signature: fc.oneof(fc.constant(seal.signature), fc.stringMatching(/^[\w-]{86}$/)),
});
const anyFacts = fc.record(
  {
    hsm: fc.oneof(fc.constant(FACTS.hsm), fc.webUrl()),
    position: fc.oneof(fc.constant(7), fc.nat()),
    facts: fc.oneof(fc.constant(FACTS.facts), fc.dictionary(fc.string(), fc.string())),
  },
  { requiredKeys: ['facts'] },
);

test.prop([anySeal, anyFacts, fc.constantFrom(...SEAL_PURPOSES)], { seed: 14, numRuns: 500 })(
  'no seal counts but the one that was made, for what it was made for',
  (given, facts, purpose) => {
    const { good } = verifySeal(sealer.pinned, purpose, facts, given);
    const isOwn = JSON.stringify([given, facts, purpose]) === JSON.stringify([seal, FACTS, 'decision']);
    expect(good).toBe(isOwn);
  },
);
