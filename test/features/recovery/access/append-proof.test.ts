/** The gate proves that the audit log can grow before anything is done that must be noted. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../../src/core/errors.ts';
import { appendProof } from '../../../../src/features/recovery/access/append-proof.ts';

function aProof(answers: readonly (WardenError | undefined)[]) {
  const left = [...answers];
  let tries = 0;
  const proof = appendProof(
    async () => {
      tries += 1;
      const answer = left.shift();
      if (answer !== undefined) throw answer;
    },
    async () => undefined,
  );
  return { proof, tries: () => tries };
}

const refused = new WardenError('storage-refused', {
  message: 'Could not append: the storage account answered 409 BlobImmutableDueToPolicy.',
});

describe('the proof that the audit log can grow', () => {
  it('appends at its first use, and then only by a full check', async () => {
    const { proof, tries } = aProof([]);

    expect(await proof(false)).toBeUndefined();
    expect(await proof(false)).toBeUndefined();
    expect(tries()).toBe(1);
    expect(await proof(true)).toBeUndefined();
    expect(tries()).toBe(2);
  });

  it('says what refuses it and what must change', async () => {
    const { proof } = aProof([refused]);

    expect(await proof(true)).toMatch(/BlobImmutableDueToPolicy.*must allow protected append writes/);
  });

  it('is tried each time until appends are taken', async () => {
    const { proof, tries } = aProof([undefined, refused, refused, undefined]);
    await proof(false);
    await proof(true);

    expect(await proof(false)).toBeDefined();
    expect(await proof(false)).toBeUndefined();
    expect(tries()).toBe(4);
  });

  it('has proven nothing when storage does not answer', async () => {
    const down = new WardenError('storage-unavailable', { message: 'down' });
    const { proof } = aProof([down]);

    await expect(proof(false)).rejects.toBe(down);
    expect(await proof(false)).toBeUndefined();
  });
});
