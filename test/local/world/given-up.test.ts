import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startWorld } from '../../../src/local/world/start-world.ts';

/** How many processes were started with this folder among their arguments, where the system says so. */
async function processesOf(folder: string): Promise<number> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.split('\0').some((argument) => argument.startsWith(folder))).length;
}

describe.runIf(process.platform === 'linux')('a world that is given up while it starts', () => {
  it.each([
    'before its storage account runs',
    'as its storage account is about to start',
    'while its storage account starts',
  ])('%s has no process left when that is said', { timeout: 120_000 }, async (moment) => {
    const folder = await mkdtemp(join(tmpdir(), 'warden-given-up-'));
    onTestFinished(() => rm(folder, { recursive: true, maxRetries: 10 }));
    const asked = new AbortController();
    const given = { folder, hsmCount: 1, keys: 1, usualPorts: false, signal: asked.signal };
    const ended = startWorld(given).then(
      () => 'started',
      async (error: unknown) => ({ reason: error, left: await processesOf(folder) }),
    );
    if (moment === 'as its storage account is about to start') {
      const certificate = join(folder, 'azurite', 'server.pem');
      await vi.waitUntil(() => existsSync(certificate), { timeout: 60_000, interval: 1 });
    }
    if (moment === 'while its storage account starts') {
      await vi.waitUntil(async () => (await processesOf(folder)) > 0, { timeout: 60_000, interval: 5 });
    }

    asked.abort(new Error('interrupted'));

    expect(await ended).toEqual({ reason: asked.signal.reason, left: 0 });
    expect(await processesOf(folder)).toBe(0);
  });
});
