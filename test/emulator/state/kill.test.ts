// A real emulator process, killed at any moment: nothing that it acknowledged is lost.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { API, raw } from '../support/emulator.ts';

const FirstLine = z.object({ url: z.string(), caFile: z.string(), token: z.string() });
const MAIN = new URL('../../../src/emulator/main.ts', import.meta.url).pathname;

type Running = {
  child: ChildProcessByStdio<null, Readable, null>;
  url: string;
  caPem: string;
  token: string;
};

let folder: string;
const children = new Set<Running['child']>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kill-test-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  await rm(folder, { recursive: true });
});

async function start(): Promise<Running> {
  const args = [MAIN, '--json', '--limits', 'off', '--state', folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { url, caFile, token } = FirstLine.parse(JSON.parse(String(line)));
  return { child, url, token, caPem: await readFile(caFile, 'utf8') };
}

async function kill({ child }: Running): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Four writers create, delete and recover keys until the process is gone; what was acknowledged is in `expected`. */
async function work(
  emulator: Running,
  round: number,
  expected: Map<string, string>,
  acknowledged: () => void,
): Promise<void> {
  await Promise.all(
    [0, 1, 2, 3].map(async (writer) => {
      for (let index = 0; ; index += 1) {
        const name = `r${round}-w${writer}-${index}`;
        try {
          const made = await raw(emulator, 'POST', `/keys/${name}/create?${API}`, { body: { kty: 'oct' } });
          if (made.status === 200) expected.set(name, 'active');
          acknowledged();
          if (index % 3 === 0) continue;
          const gone = await raw(emulator, 'DELETE', `/keys/${name}?${API}`);
          if (gone.status === 200) expected.set(name, 'deleted');
        } catch {
          // Unknown whether the last one was made: nothing was promised about it.
          expected.set(name, expected.get(name) === 'active' ? 'active or deleted' : 'unknown');
          return;
        }
      }
    }),
  );
}

async function found(emulator: Running, name: string): Promise<string> {
  const active = await raw(emulator, 'GET', `/keys/${name}?${API}`);
  if (active.status === 200) return 'active';
  const deleted = await raw(emulator, 'GET', `/deletedkeys/${name}?${API}`);
  return deleted.status === 200 ? 'deleted' : 'absent';
}

test('killed while it works, three times over, it starts again with all it acknowledged', async () => {
  const expected = new Map<string, string>();
  for (const [round, requests] of [15, 40, 77].entries()) {
    const emulator = await start();
    let left = requests;
    const killed = Promise.withResolvers<void>();
    const working = work(emulator, round, expected, () => {
      left -= 1;
      if (left === 0) killed.resolve(kill(emulator));
    });
    await killed.promise;
    await working;
  }
  const emulator = await start();
  for (const [name, promised] of expected) {
    const actual = await found(emulator, name);
    if (promised === 'unknown') continue;
    expect([name, promised.split(' or ')]).toEqual([name, expect.arrayContaining([actual])]);
  }
  expect(expected.size).toBeGreaterThanOrEqual(132);
});

test('tokens and the certificate authority outlive a restart', async () => {
  const first = await start();
  await kill(first);
  const second = await start();
  const { status } = await raw({ ...second, caPem: first.caPem, token: first.token }, 'GET', `/keys?${API}`);
  expect(status).toBe(200);
});
