/** What approvers see of the evidence, before they approve. */
import { describe, expect, it } from 'vitest';
import { requestDigest } from '../../../../src/features/recovery/model/digest.ts';
import { evidenceNotes } from '../../../../src/features/recovery/planning/evidence-notes.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const SEAL = {
  format: 1,
  keyId: 'k'.repeat(43),
  sealedAt: Date.UTC(2026, 0, 2),
  signature: 's'.repeat(86),
} as const;

async function aBackup() {
  const world = await RecoveryWorld.withBackup();
  const [stored] = await world.all('orders');
  return { ...stored, record: { ...stored.record, runId: '20260102T020000Z-nightly' } };
}

describe('the evidence of a backup', () => {
  it.each(['x. It was sealed, and the seal is good', 'x\ny', 'x'.repeat(101), ''])(
    'holds no words of the run that is written beside it (%j)',
    async (runId) => {
      const { record, ...stored } = await aBackup();
      const evidence = { verdict: undefined, expected: [], agreeing: 0 };
      const [first] = evidenceNotes({ ...stored, record: { ...record, runId } }, evidence);

      expect(first).toContain('by a run whose name is none. It is not sealed');
    },
  );

  it.each([
    {
      name: 'sealed and verified',
      isSealed: true,
      verdict: { good: true, keyId: SEAL.keyId, sealedAt: SEAL.sealedAt } as const,
      says: `sealed at 2026-01-02T00:00:00.000Z with key ${SEAL.keyId}, and the seal is good`,
    },
    { name: 'sealed and not verified', isSealed: true, verdict: undefined, says: 'that was not verified' },
    {
      name: 'sealed by a key that counts no more',
      isSealed: true,
      verdict: { good: false, why: 'its key is revoked' } as const,
      says: 'the seal does not count, for its key is revoked',
    },
    {
      name: 'sealed by a key that counts no more, and adopted',
      isSealed: true,
      verdict: { good: true, keyId: 'a'.repeat(43), sealedAt: SEAL.sealedAt + 1 } as const,
      says: 'Its own seal does not count; it was adopted by a decision sealed at 2026-01-02T00:00:00.001Z',
    },
    {
      name: 'not sealed, and adopted',
      isSealed: false,
      verdict: { good: true, keyId: 'a'.repeat(43), sealedAt: SEAL.sealedAt + 1 } as const,
      says: 'It has no seal of its own; it was adopted by a decision sealed at 2026-01-02T00:00:00.001Z',
    },
    {
      name: 'not sealed',
      isSealed: false,
      verdict: undefined,
      says: 'It is not sealed: whoever can write the container',
    },
  ])(
    'says by which run it was taken, and what its seal is worth: $name',
    async ({ name, isSealed, verdict, says }) => {
      const stored = await aBackup();
      const sealed = isSealed ? { ...stored, record: { ...stored.record, seal: SEAL } } : stored;
      const [first] = evidenceNotes(sealed, { verdict, expected: [], agreeing: 0 });

      expect(first).toContain('by run 20260102T020000Z-nightly');
      expect(first).toContain(says);
      if (name !== 'sealed and verified') expect(first).not.toContain('good');
    },
  );

  it.each([
    { count: 1, confirmed: 0, agreeing: 0, says: ['confirms none', 'No other backup'] },
    { count: 3, confirmed: 3, agreeing: 2, says: ['confirms 3 of its 3', '2 other backup(s)'] },
    {
      count: 5,
      confirmed: 4,
      agreeing: 1,
      says: ['confirms 4 of its 5', '1 other backup(s)', '2 older version(s) besides'],
    },
  ])(
    'says what agrees and names the newest versions: $count',
    async ({ count, confirmed, agreeing, says }) => {
      const expected = Array.from({ length: count }, (_, n) => ({
        version: String(n).repeat(32),
        thumbprint: `thumb-${n}`,
        confirmed: n < confirmed,
      }));
      const text = evidenceNotes(await aBackup(), { verdict: undefined, expected, agreeing }).join(' ');

      for (const words of says) expect(text).toContain(words);
      expect(text).toContain(`Version ${String(count - 1).repeat(32)}: public key thumb-${count - 1}`);
      expect(text.match(/Version /g)).toHaveLength(Math.min(count, 3));
      expect(text.includes('not confirmed by the catalogue')).toBe(confirmed < count);
    },
  );

  it('is in the request before anybody approves it, and covered by the digest they approve', async () => {
    const world = await RecoveryWorld.withPurgedKey();
    const record = await world.ask();
    const [{ record: backup }] = await world.all('orders');

    const text = record.preflight.join(' ');
    expect(text).toContain(`by run ${backup.runId}`);
    for (const { version, thumbprint } of backup.versions)
      expect(text).toContain(`Version ${version}: public key ${thumbprint}`);
    expect(record.operation.backup).toMatchObject({ sha256: backup.sha256, versionId: expect.any(String) });
  });
});

describe('the digest', () => {
  it.each(['sha256', 'versionId'] as const)('changes with the %s of the backup', async (member) => {
    const world = await RecoveryWorld.withPurgedKey();
    const record = await world.ask();
    const { backup } = record.operation;
    if (backup === undefined) throw new Error('expected a restore');
    const other = { ...backup, [member]: member === 'sha256' ? 'e'.repeat(64) : 'another' };

    expect(requestDigest({ ...record, operation: { ...record.operation, backup: other } })).not.toBe(
      record.digest,
    );
    expect(requestDigest(record)).toBe(record.digest);
  });
});
