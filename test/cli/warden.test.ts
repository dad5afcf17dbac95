import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { CliWorld } from './support/cli-world.ts';

let world: CliWorld;

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso', seedKeys: 6 }]);
});

afterAll(async () => {
  await world?.close();
});

const Status = z.object({
  verdict: z.string(),
  hsms: z.array(
    z.object({
      covered: z.number(),
      active: z.number(),
      risks: z.array(z.object({ key: z.string(), risk: z.string() })),
    }),
  ),
});

async function status() {
  const ran = await world.run(['status', '-o', 'json']);
  return { code: ran.code, ...Status.parse(JSON.parse(ran.stdout)) };
}

async function firstKey(): Promise<string> {
  const [key = ''] = world.hsm().state.keys.keys();
  return key;
}

describe('an HSM from its first run to a deleted key', () => {
  it('is at risk before its first run: no key has a backup', async () => {
    const { code, verdict, hsms } = await status();
    expect([code, verdict, hsms[0]?.covered]).toEqual([1, 'at-risk', 0]);
    expect(hsms[0]?.risks.map(({ risk }) => risk)).toEqual(Array(6).fill('no-backup'));
    expect((await world.run(['status'])).stdout).toMatch(
      /-> hsm-warden backup run --hsm contoso --key \S+ --emulator$/m,
    );
  });

  it('is safe after backup run, which can be run again', async () => {
    const first = await world.run(['backup', 'run', '-o', 'tsv']);
    expect(first).toMatchObject({ code: 0, stdout: 'contoso\tsucceeded\t6\t6\t0\t0\t0\n' });
    const second = await world.run(['backup', 'run', '-o', 'tsv']);
    const [, state, keys, backedUp, unchanged] = second.stdout.split('\t');
    // A key backed up within two seconds of its last change is taken once more.
    expect([state, keys, Number(backedUp) + Number(unchanged)]).toEqual(['succeeded', '6', 6]);
    expect(await status()).toMatchObject({ code: 0, verdict: 'safe' });
    expect((await world.run(['status'])).stdout).toContain('Every key is safe (not sealed).');
  });

  it('is at risk again when a key gets a version that is in no backup, until that key is backed up', async () => {
    const key = await firstKey();
    await world.client().createKey(key, 'RSA-HSM');
    const { code, hsms } = await status();
    expect(code).toBe(1);
    expect(hsms[0]?.risks).toMatchObject([{ key, risk: 'newest-version-not-backed-up' }]);

    expect((await world.run(['backup', 'run', '--hsm', 'contoso', '--key', key])).code).toBe(0);
    expect((await status()).code).toBe(0);
  });

  it('shows a deleted key with its countdown, its coverage and what is left after the purge', async () => {
    const key = await firstKey();
    expect((await world.run(['watch'])).stdout).toContain('No key is soft-deleted.');
    await world.run(['key', 'delete', '--hsm-name', 'contoso', '--name', key]);

    const { stdout, code } = await world.run(['watch', '-o', 'tsv']);
    expect(code).toBe(0);
    const [hsm, name, left, , coverage, , after] = stdout.trimEnd().split('\t');
    expect([hsm, name, coverage, after]).toEqual(['contoso', key, 'complete', 'restore']);
    expect(left).toMatch(/^6 d 23 h$/);
    // It is deleted, but nothing would be lost.
    expect((await status()).verdict).toBe('safe');
  });

  it('is at risk when a key is deleted that no backup holds', async () => {
    await world.client().createKey('bereft', 'RSA-HSM');
    await world.client().beginDeleteKey('bereft');
    expect((await status()).hsms[0]?.risks).toMatchObject([
      { key: 'bereft', risk: 'deleted-without-backup' },
    ]);
    expect((await world.run(['watch', '-o', 'tsv'])).stdout).toContain('\tlost\t');
    const here = await world.run(['status']);
    expect(here.stdout).toContain('-> hsm-warden key recover --hsm-name contoso --name bereft --emulator\n');
    // No recovery app is known here.
    expect(here.stdout).not.toContain('recovery request');
    const environment = await world.with({ recoveryUrl: 'http://127.0.0.1:7072' });
    expect((await world.run(['status'], { environment })).stdout).toContain(
      "or hsm-warden recovery request --hsm contoso --key bereft --reason 'TICKET' --as alice --emulator\n",
    );
    await world.client().purgeDeletedKey('bereft');
  });

  it('is watched until Ctrl-C, which is no failure', async () => {
    const stop = new AbortController();
    let looks = 0;
    const ran = await world.run(['watch', '--follow', '--every', '1'], {
      signal: stop.signal,
      clock: { now: systemClock.now, sleep: (_ms, signal) => systemClock.sleep(1, signal) },
      onStdout: () => {
        looks += 1;
        if (looks === 2) stop.abort();
      },
    });
    expect(ran.code).toBe(0);
    expect(looks).toBeGreaterThanOrEqual(2);
  });
});

describe('the backups', () => {
  it('are listed, the newest of each key, or all of one', async () => {
    const all = z.array(z.object({ key: z.string(), blob: z.string() }));
    const newest = all.parse(JSON.parse((await world.run(['backup', 'list', '-o', 'json'])).stdout));
    expect(newest).toHaveLength(6);
    const key = await firstKey();
    const ofKey = all.parse(
      JSON.parse((await world.run(['backup', 'list', '--key', key, '-o', 'json'])).stdout),
    );
    expect(ofKey.length).toBeGreaterThan(1);
    expect(new Set(ofKey.map((one) => one.key))).toEqual(new Set([key]));
  });

  it('are shown one by one, checked, and written to a file that restores', async () => {
    const [line = ''] = (await world.run(['backup', 'list', '-o', 'tsv'])).stdout.split('\n');
    const blob = line.split('\t').at(-1) ?? '';
    const path = join(world.folder, 'one.backup');
    const shown = await world.run(['backup', 'show', blob, '--file', path]);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/verdict +good/);
    expect((await readFile(path, 'latin1')).split('.')).toHaveLength(5);
    expect((await world.run(['backup', 'show', blob, '--file', path])).code).toBe(4);
    // A name in another letter case is the same key's.
    const [hsm, key = '', file] = blob.split('/');
    const other = [hsm, key.toUpperCase(), file].join('/');
    expect(await world.run(['backup', 'show', other])).toMatchObject({ code: 0 });
  });

  it.each([
    ['no name of a backup', 'contoso/x', 2],
    ['a backup that is not there', `contoso/x/20260101T000000000Z-${'0'.repeat(32)}.keybackup`, 1],
  ])('are not shown for %s', async (_case, blob, code) => {
    expect((await world.run(['backup', 'show', blob])).code).toBe(code);
  });

  it('are all read again by verify, which tells what is damaged', async () => {
    expect(await world.run(['backup', 'verify'])).toMatchObject({ code: 0 });
    // A record that is not that of its bytes: what bit rot looks like.
    const { value: [good] = [] } = await world.backups.list('contoso').next();
    if (good === undefined) throw new Error('expected a backup');
    const bytes = await world.backups.read(good.blob);
    const damaged = { ...good.record, key: 'damaged', keyId: 'damaged', sha256: '0'.repeat(64) };
    await world.backups.put(damaged, bytes);

    const ran = await world.run(['backup', 'verify', '--key', 'damaged', '-o', 'json']);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      checked: 1,
      damaged: [{ key: 'damaged', keyIs: 'gone', goodBackup: null }],
    });
    const page = await world.run(['backup', 'verify', '--key', 'damaged']);
    expect(page.stdout).toContain(
      'DAMAGED damaged of contoso: the key is gone, and no good backup of it is left',
    );
  });

  it('are not verified where there is none: that is no success', async () => {
    const { code, stdout } = await world.run(['backup', 'verify', '--hsm', 'contoso', '--key', 'nowhere']);
    expect(stdout).toContain(
      'CANNOT TELL: nothing was verified of key nowhere of contoso: no backup of it is stored',
    );
    expect(code).toBe(2);
  });

  it.each(['list', 'verify'])('are found by %s under a name in another letter case', async (verb) => {
    const key = await firstKey();
    const ran = await world.run([
      'backup',
      verb,
      '--hsm',
      'contoso',
      '--key',
      key.toUpperCase(),
      '-o',
      'json',
    ]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain(verb === 'list' ? `"key": "${key}"` : '"damaged": []');
    expect(JSON.parse(ran.stdout).checked ?? JSON.parse(ran.stdout).length).toBeGreaterThan(0);
  });

  it('are enough to rebuild a catalogue that cannot be read', async () => {
    const { etag = '' } = (await world.state.read({ kind: 'catalogue', hsm: 'contoso' })) ?? {};
    await world.state.write({ kind: 'catalogue', hsm: 'contoso' }, 'not json', { etag });
    const before = await world.run(['status']);
    expect(before.code).toBe(2);
    expect(before.stdout).toContain('state-corrupt');

    expect((await world.run(['backup', 'rebuild', '--hsm', 'contoso'])).code).toBe(0);
    expect((await world.run(['status'])).code).toBe(0);
  });
});

describe('the runs', () => {
  it('are listed newest first, and say of each key why it failed', async () => {
    const runId = '29991231T020000Z-nightly';
    const counts = { keys: 2, backedUp: 1, unchanged: 0, skipped: 0, vanished: 0, refused: 0, failed: 1 };
    const head = {
      ...{ format: 2, hsm: 'contoso', runId, state: 'partial', startedAt: 1, endedAt: 61_001, parts: 1 },
      ...{ retries: 4, throttles: 0, pace: { set: 8, last: 8 }, counts },
    };
    const error = { code: 'hsm-unavailable', message: 'Could not back up key troubled: 503.' };
    const lines = [head, ['fine', { outcome: 'backed-up' }], ['troubled', { outcome: 'failed', error }]];
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await world.state.write({ kind: 'run', hsm: 'contoso', runId }, text, 'absent');

    const listed = await world.run(['backup', 'runs', '-o', 'tsv']);
    const [newest = '', ...older] = listed.stdout.trimEnd().split('\n');
    expect(newest.split('\t')).toEqual([
      ...[runId, 'contoso', 'partial', '1970-01-01T00:00:00Z', '1 min 1 s', '2', '1', '0', '0', '1'],
    ]);
    expect(older.length).toBeGreaterThan(0);
    const { code, stdout } = await world.run(['backup', 'describe', '2999']);
    expect(code).toBe(0);
    expect(stdout).toContain('2 keys: 1 backed up, 0 unchanged, 0 left out, 0 vanished, 1 failed.');
    expect(stdout).toMatch(/troubled +failed +Could not back up key troubled: 503\. \(hsm-unavailable\)/);
    expect(stdout).not.toContain('fine');
    const all = await world.run(['backup', 'describe', runId, '--all', '-o', 'tsv']);
    expect(all.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect((await world.run(['backup', 'describe', 'x1'])).code).toBe(2);
  });
});

describe('the audit log', () => {
  it('is whole while it is empty', async () => {
    expect(await world.run(['audit', 'verify'])).toMatchObject({ code: 0 });
    expect((await world.run(['audit', 'show', '-o', 'json'])).stdout).toBe('[]\n');
  });
});
