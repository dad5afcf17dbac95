/** Changing a document while others change it too: one limit, one message, and nothing of theirs is overwritten. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { DocumentType } from '../../../src/core/documents/document-type.ts';
import {
  CONFLICT_ATTEMPTS,
  readDocument,
  updateDocument,
} from '../../../src/core/documents/update-document.ts';
import { failureOf } from '../../support/errors.ts';
import { MemoryDocumentStore } from '../../support/memory/memory-document-store.ts';

const Count = z.strictObject({ format: z.literal(1), count: z.int() });
const COUNT: DocumentType<'watch', z.infer<typeof Count>> = {
  kind: 'watch',
  schema: Count,
  name: ({ hsm }) => `The count of HSM ${hsm}`,
  advice: 'Delete it.',
  check: ({ count }) => (count < 1000 ? undefined : 'it has counted too far'),
};
const ADDRESS = { kind: 'watch', hsm: 'contoso' } as const;
const plusOne = (value: z.infer<typeof Count> | undefined) => ({
  format: 1 as const,
  count: (value?.count ?? 0) + 1,
});

/** A store in which somebody else is `times` times faster. */
function contested(times: number): MemoryDocumentStore {
  const store = new MemoryDocumentStore();
  let left = times;
  store.faults.plant({
    operation: 'write',
    times: Number.POSITIVE_INFINITY,
    act: async () => {
      if (left === 0) return;
      left -= 1;
      const etag = `"theirs ${left}"`;
      const { value } = await readDocument(store, COUNT, ADDRESS);
      store.documents.set('watch/contoso', { text: JSON.stringify(plusOne(value)), etag });
    },
  });
  return store;
}

describe('a change of a document', () => {
  it.each([
    ['nobody else', 0],
    ['one faster writer', 1],
    ['as many faster writers as are waited for', CONFLICT_ATTEMPTS - 1],
  ])('is made on top of what was there, with %s', async (_name, others) => {
    const { before, after } = await updateDocument(contested(others), COUNT, ADDRESS, plusOne);

    expect(before.value?.count ?? 0).toBe(others);
    expect(after.value).toEqual({ format: 1, count: others + 1 });
  });

  it('gives up after one more, says how often it tried, and has changed nothing', async () => {
    const store = contested(CONFLICT_ATTEMPTS);

    const error = await failureOf(updateDocument(store, COUNT, ADDRESS, plusOne));

    expect(error).toMatchObject({ code: 'state-conflict', hsm: 'contoso' });
    expect(error.message).toContain(
      `The count of HSM contoso was changed by others ${CONFLICT_ATTEMPTS} times`,
    );
    expect((await readDocument(store, COUNT, ADDRESS)).value?.count).toBe(CONFLICT_ATTEMPTS);
  });

  it('that changes nothing writes nothing', async () => {
    const store = new MemoryDocumentStore();
    const none = await updateDocument(store, COUNT, ADDRESS, (value) => value);
    expect([none.after, store.documents.size]).toEqual([{ value: undefined, guard: 'absent' }, 0]);
    const { after } = await updateDocument(store, COUNT, ADDRESS, plusOne);

    const same = await updateDocument(store, COUNT, ADDRESS, (value) => value);

    expect(same.after).toEqual(after);
  });
});

describe('a document that cannot be read', () => {
  it.each([
    ['is not JSON', '{', 'it is not JSON'],
    ['is of another format', '{"format":2,"count":1}', 'format'],
    ['is not what it should be', '{"format":1,"count":1000}', 'it has counted too far'],
  ])('%s: it is said, and nothing is written over it', async (_name, text, why) => {
    const store = new MemoryDocumentStore();
    await store.write(ADDRESS, text, 'absent');

    const error = await failureOf(updateDocument(store, COUNT, ADDRESS, plusOne));

    expect(error).toMatchObject({ code: 'state-corrupt', hsm: 'contoso', advice: 'Delete it.' });
    expect(error.message).toContain('The count of HSM contoso cannot be read: ');
    expect(error.message).toContain(why);
    expect((await store.read(ADDRESS))?.text).toBe(text);
  });

  it('counts as absent when nothing in it is missed', async () => {
    const store = new MemoryDocumentStore();
    await store.write(ADDRESS, '{', 'absent');

    await updateDocument(store, { ...COUNT, expendable: true }, ADDRESS, plusOne);

    expect((await readDocument(store, COUNT, ADDRESS)).value?.count).toBe(1);
  });
});
