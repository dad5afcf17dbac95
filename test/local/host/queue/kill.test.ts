import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { AT_ONCE_MS } from '../../../support/at-once.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';

let azurite: Azurite;

beforeAll(async () => {
  azurite = await startAzurite();
});

afterAll(() => azurite.stop());

const SOON = { timeout: 20_000, interval: 25 };

interface HostProcess {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
}

/** Starts the host process on a queue; its worker takes `workMs`, and its hook waits for that or not. */
function spawnHost(queue: string, workMs: number, waitAtEnd = 'no'): HostProcess {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../support/run-host.ts', import.meta.url))], {
    env: {
      PATH: process.env.PATH,
      APP: fileURLToPath(new URL('../apps/process-app.ts', import.meta.url)),
      WORK_QUEUE: queue,
      WORK_MS: String(workMs),
      WAIT_AT_END: waitAtEnd,
      Storage: azurite.connectionString,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { child, lines };
}

async function queueWith(content: string) {
  const queue = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient(
    `work-${randomUUID()}`,
  );
  await queue.create();
  await queue.sendMessage(Buffer.from(content).toString('base64'));
  return queue;
}

describe('a host process', () => {
  it('that is killed loses no message: another host gets it once its visibility has run out', async () => {
    const queue = await queueWith('precious');
    const first = spawnHost(queue.name, 60_000);
    await vi.waitFor(() => expect(first.lines).toContain('begin precious 1'), SOON);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    const second = spawnHost(queue.name, 0);

    await vi.waitFor(() => expect(second.lines).toContain('end precious'), SOON);
    expect(second.lines).toContain('begin precious 2');
    await vi.waitFor(
      async () => expect((await queue.getProperties()).approximateMessagesCount).toBe(0),
      SOON,
    );
  });

  it('that is asked to stop ends when its hook has waited for the work, and deletes its message', async () => {
    const queue = await queueWith('last');
    const { child, lines } = spawnHost(queue.name, 300, 'yes');
    await vi.waitFor(() => expect(lines).toContain('begin last 1'), SOON);
    const url = lines.find((line) => line.startsWith('ready '))?.slice('ready '.length);
    // A kept connection must not hold the process up.
    expect((await fetch(`${url}/admin/host/ping`)).status).toBe(200);

    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');

    expect([code, lines.at(-1)]).toEqual([0, 'end last']);
    expect((await queue.getProperties()).approximateMessagesCount).toBe(0);
  });

  it('that is asked to stop dies at once when its hook waits for nothing, and its message comes back', async () => {
    const queue = await queueWith('cut off');
    const first = spawnHost(queue.name, 60_000);
    await vi.waitFor(() => expect(first.lines).toContain('begin cut off 1'), SOON);

    const askedAt = performance.now();
    first.child.kill('SIGTERM');
    const [code] = await once(first.child, 'exit');

    expect([code, first.lines.at(-1)]).toEqual([0, 'begin cut off 1']);
    // The work would take a minute.
    expect(performance.now() - askedAt).toBeLessThan(AT_ONCE_MS);
    const second = spawnHost(queue.name, 0);
    await vi.waitFor(() => expect(second.lines).toContain('begin cut off 2'), SOON);
  });
});
