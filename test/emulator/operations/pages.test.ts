// Lists in pages: nothing that stays is missing or doubled, whatever comes and goes between two pages.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Operation } from '../../../src/emulator/model/operation.ts';
import { createKey } from '../../../src/emulator/operations/create-key.ts';
import { listDeletedKeys } from '../../../src/emulator/operations/list-deleted-keys.ts';
import { listKeyVersions } from '../../../src/emulator/operations/list-key-versions.ts';
import { listKeys } from '../../../src/emulator/operations/list-keys.ts';
import type { KeyRecord } from '../../../src/emulator/state/model.ts';
import { keyRecord } from '../support/keys.ts';
import { NOW, workbench } from '../support/operations.ts';

const Page = z.object({ value: z.array(z.object({ kid: z.string() })), nextLink: z.string().optional() });
type Bench = ReturnType<typeof workbench>;

/** Every item's last path segment, page by page; `between` runs after each page but the last. */
async function pages(
  { perform }: Bench,
  operation: Operation,
  params: Record<string, string> = {},
  between: (page: number) => void = () => undefined,
): Promise<string[][]> {
  const found: string[][] = [];
  let query = 'api-version=7.5';
  for (;;) {
    const page = Page.parse((await perform(operation, params, undefined, query)).body);
    found.push(page.value.map(({ kid }) => kid.split('/').at(-1) ?? ''));
    if (page.nextLink === undefined) return found;
    between(found.length);
    query = new URL(page.nextLink).search.slice(1);
  }
}

function putKeys({ state }: Bench, names: readonly string[], parts: Partial<KeyRecord> = {}): void {
  for (const name of names) {
    state.apply({ type: 'putKey', key: keyRecord({ name, order: state.nextOrder, ...parts }) });
  }
}

const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('versions', () => {
  test.each([
    [24, [24]],
    [25, [25]],
    [26, [25, 1]],
    [50, [25, 25]],
    [100, [25, 25, 25, 25]],
  ])('%i of them come in pages of %o, oldest first', async (count, sizes) => {
    const bench = workbench();
    for (let n = 0; n < count; n += 1) await bench.perform(createKey, { name: 'K' }, { kty: 'EC' });
    const found = await pages(bench, listKeyVersions, { name: 'k' });
    expect(found.map((page) => page.length)).toEqual(sizes);
    expect(found.flat()).toEqual(bench.state.key('k')?.versions.map(({ id }) => id));
  });

  test('one that is added between two pages comes on the last', async () => {
    const bench = workbench();
    for (let n = 0; n < 60; n += 1) await bench.perform(createKey, { name: 'k' }, { kty: 'EC' });
    const added: Promise<unknown>[] = [];
    const found = await pages(bench, listKeyVersions, { name: 'k' }, (page) => {
      if (page === 1) added.push(bench.perform(createKey, { name: 'k' }, { kty: 'EC' }));
    });
    await Promise.all(added);
    const ids = bench.state.key('k')?.versions.map(({ id }) => id) ?? [];
    expect(found.flat().slice(0, 60)).toEqual(ids.slice(0, 60));
    expect(new Set(found.flat()).size).toBe(found.flat().length);
  });
});

test('deleted keys come in pages of ten', async () => {
  const bench = workbench();
  const deletion = { deletedDate: NOW, scheduledPurgeDate: NOW + 1 };
  putKeys(bench, names('gone-', 21), { deletion });
  expect((await pages(bench, listDeletedKeys)).map((page) => page.length)).toEqual([10, 10, 1]);
});

const Step = fc.record({
  page: fc.integer({ min: 1, max: 4 }),
  change: fc.constantFrom('purge', 'delete', 'make'),
  which: fc.integer({ min: 0, max: 79 }),
});

property.prop([fc.array(Step, { maxLength: 60 })])(
  'a key that is there all the time is listed once, in the order of creation',
  async (steps) => {
    const bench = workbench();
    const all = names('k', 80);
    putKeys(bench, all);
    const touched = new Set<string>();
    const listed = await pages(bench, listKeys, {}, (page) => {
      for (const [index, { change, which }] of steps.filter((one) => one.page === page).entries()) {
        const name = `k${which}`;
        const key = bench.state.key(name);
        if (change === 'make') putKeys(bench, [`new-${page}-${index}`]);
        else if (key) touched.add(name);
        if (change === 'purge' && key) bench.state.apply({ type: 'dropKey', name });
        if (change === 'delete' && key) {
          const deletion = { deletedDate: NOW, scheduledPurgeDate: NOW + 1 };
          bench.state.apply({ type: 'putKey', key: { ...key, deletion } });
        }
      }
    });
    const found = listed.flat();
    expect(new Set(found).size).toBe(found.length);
    const stayed = all.filter((name) => !touched.has(name));
    expect(found.filter((name) => stayed.includes(name))).toEqual(stayed);
  },
);
