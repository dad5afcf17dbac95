// Requests that come at the same time: no version is lost, and no two keys have the same place in a list.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { API, raw } from '../support/emulator.ts';

const Page = z.object({ value: z.array(z.object({ kid: z.string() })), nextLink: z.string().optional() });
const COUNT = 60;
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ limits: 'off' });
});
afterAll(() => emulator.close());

async function create(name: string): Promise<string> {
  const { json } = await raw(emulator, 'POST', `/keys/${name}/create?${API}`, { body: { kty: 'oct' } });
  return z.object({ key: z.object({ kid: z.string() }) }).parse(json).key.kid;
}

async function list(path: string): Promise<string[]> {
  const kids: string[] = [];
  for (let next: string | undefined = `${path}?${API}`; next !== undefined; ) {
    const page: z.infer<typeof Page> = Page.parse((await raw(emulator, 'GET', next)).json);
    kids.push(...page.value.map(({ kid }) => kid));
    next = page.nextLink?.slice(emulator.url.length);
  }
  return kids;
}

test('versions of one key, written in two letter cases', async () => {
  const made = await Promise.all(Array.from({ length: COUNT }, (_, n) => create(n % 2 ? 'many' : 'MANY')));
  const listed = await list('/keys/many/versions');
  expect(listed.toSorted()).toEqual(made.toSorted());
});

test('keys', async () => {
  const names = Array.from({ length: COUNT }, (_, n) => `key-${n}`);
  await Promise.all(names.map(create));
  const listed = (await list('/keys')).map((kid) => kid.split('/').at(-1) ?? '');
  expect(listed.filter((name) => name.startsWith('key-')).toSorted()).toEqual(names.toSorted());
  const orders = [...emulator.state.keys.values()].map(({ order }) => order);
  expect(orders).toEqual([...new Set(orders)].toSorted((a, b) => a - b));
});
