import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RecoveryView } from '../../src/features/recovery/model/asking.ts';
import { RECOVERIES } from '../../src/features/recovery/model/message.ts';
import { type RecoveryHost, startRecoveryHost } from '../support/recovery-host.ts';
import { run } from './support/cli.ts';

let served: RecoveryHost;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warden-recovery-'));
  served = await startRecoveryHost();
});
afterAll(async () => {
  await served?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  const world = await served.replace();
  world.hsm.deleteKey('orders');
});

/** Runs a recovery command as one of the local people. */
async function as(person: string, args: readonly string[], stdin = '') {
  const tokenFile = join(folder, `${person}.token`);
  await writeFile(tokenFile, await served.issuer.token(person));
  const way = ['--app-url', served.host.url, '--token-file', tokenFile, '-o', 'json'];
  return run(['recovery', ...args, ...way], { stdin });
}

async function ask() {
  const args = ['request', '--hsm', 'contoso', '--key', 'orders', '--reason', 'deleted by mistake'];
  return RecoveryView.parse(JSON.parse((await as('alice', args)).stdout));
}

describe('hsm-warden recovery', () => {
  it('asks, shows to whom it may concern, approves by two, and shows that the key is back', async () => {
    const { id, state } = await ask();
    expect(state).toBe('requested');

    expect(await as('bob', ['approve', id], 'orders\n')).toMatchObject({ code: 0 });
    expect((await as('carol', ['approve', id], 'orders\n')).stdout).toContain('"state": "approved"');
    const { world, host } = served;
    await host.deliver('recoveryWorker', JSON.stringify(world.queue.take(RECOVERIES)));

    const shown = RecoveryView.parse(JSON.parse((await as('dave', ['show', id])).stdout));
    expect(shown).toMatchObject({ state: 'succeeded', outcome: { result: 'succeeded' } });
    const listed = await as('dave', ['list', '--state', 'succeeded']);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ id }]);
  });

  it('approves what was shown: the digest goes with it', async () => {
    const { id, digest } = await ask();
    const other = await as('bob', ['approve', id, '--digest', 'a'.repeat(64)]);
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('digest-mismatch');
    expect(await as('bob', ['approve', id, '--digest', digest])).toMatchObject({ code: 0 });
  });

  it('takes the beginning of an id where it is enough, and says so where it is not', async () => {
    const { id } = await ask();
    const shown = await as('dave', ['show', id.slice(0, 6)]);
    expect(RecoveryView.parse(JSON.parse(shown.stdout)).id).toBe(id);
    const other = id.startsWith('z') ? 'y' : 'z';
    const none = await as('dave', ['show', other.repeat(8)]);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain(`No request's id begins with ${other.repeat(8)}.`);
  });

  it.each([
    ['another name', 'order\n'],
    ['nothing', ''],
  ])('approves nothing when %s is typed', async (_case, typed) => {
    const { id } = await ask();
    expect((await as('bob', ['approve', id], typed)).code).toBe(4);
    const { stdout } = await as('dave', ['show', id]);
    expect(RecoveryView.parse(JSON.parse(stdout)).approvals).toEqual([]);
  });

  it.each([
    ['reject', 'bob', 'rejected'],
    ['cancel', 'alice', 'cancelled'],
  ])('can %s an open request', async (verb, person, state) => {
    const { id } = await ask();
    const ended = await as(person, [verb, id, '--reason', 'the key was found']);
    expect(RecoveryView.parse(JSON.parse(ended.stdout)).state).toBe(state);
  });

  it.each([
    [
      'who may not approve',
      'alice',
      (id: string) => ['approve', id, '--digest', 'a'.repeat(64)],
      'role-missing',
    ],
    ['a request that is not there', 'bob', () => ['show', '0'.repeat(26)], 'recovery-unknown'],
    [
      'a key that never was',
      'alice',
      () => ['request', '--hsm', 'contoso', '--key', 'nowhere', '--reason', 'x'],
      'nothing-to',
    ],
  ])('tells the app’s refusal of %s in its own words', async (_case, person, args, code) => {
    const { id } = await ask();
    const refused = await as(person, args(id));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(code);
  });

  it('says that the app cannot be reached, and where break glass is described', async () => {
    const tokenFile = join(folder, 'alice.token');
    await writeFile(tokenFile, await served.issuer.token('alice'));
    const way = ['--app-url', 'http://127.0.0.1:9', '--token-file', tokenFile];
    const failed = await run(['recovery', 'list', ...way]);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('docs/break-glass.md');
  });

  it('does not know where the app is unless that is said', async () => {
    const failed = await run(['recovery', 'list']);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain('WARDEN_ORIGIN');
  });

  it('sends no local token to an app elsewhere', async () => {
    const tokenFile = join(folder, 'alice.token');
    await writeFile(tokenFile, 'x');
    const failed = await run([
      'recovery',
      'list',
      '--app-url',
      'https://example.com',
      '--token-file',
      tokenFile,
    ]);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain('is not on this machine');
  });
});
