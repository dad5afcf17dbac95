import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreAnswer } from '../../src/cli/backup/restore-answer.ts';
import type { RestoredKey, RestoreReport } from '../../src/cli/backup/restore-report.ts';
import type { Answer } from '../../src/cli/frame/command.ts';
import { render } from '../../src/cli/frame/render.ts';
import { CliWorld } from './support/cli-world.ts';

let world: CliWorld;
const KEYS = ['orders', 'payments', 'sales'];

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso' }, { name: 'fabrikam' }]);
  for (const name of KEYS) await world.client().createKey(name, 'EC-HSM', { curve: 'P-256' });
  await world.run(['backup', 'run', '--hsm', 'contoso']);
});
afterAll(() => world?.close());

const restore = (...more: string[]) => [
  ...['backup', 'restore-all', '--from', 'CONTOSO', '--hsm-name', 'fabrikam'],
  ...more,
];
const restored = () => world.hsm(1).state.keys.size;

describe('backup restore-all', () => {
  it('ends a dry run with a sentence that says what it would do, and how long it would take', async () => {
    const { code, stdout } = await world.run(restore('--dry-run'));
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      'Nothing was restored. Without --dry-run: 3 keys of HSM contoso into fabrikam: 3 to restore, 0 to recover, 0 there already; about 1 s at 8 a second.',
    );
    expect(restored()).toBe(0);
  });

  it('restores nothing when its report cannot be written', async () => {
    const { code, stdout, stderr } = await world.run(
      restore('--report', join(world.folder, 'no', 'such', 'r.json')),
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Nothing was restored: the report');
    expect(restored()).toBe(0);
  });

  it('says beforehand what it will do, afterwards what it did, and keeps the report for its owner alone', async () => {
    const report = await world.file('report.json', 'an earlier report that is longer than nothing');
    const { code, stdout, stderr } = await world.run(restore('--report', report, '-o', 'json'));
    expect(code).toBe(0);
    expect(stderr.split('\n')[0]).toBe(
      'Restoring 3 keys of HSM contoso into fabrikam: 3 to restore, 0 to recover, 0 there already; about 1 s at 8 a second.',
    );
    const lines = stderr.split('\n').filter((line) => line.startsWith('{"progress"'));
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ progress: { done: 3, total: 3 } });
    expect(JSON.parse(await readFile(report, 'utf8'))).toEqual(JSON.parse(stdout));
    expect(restored()).toBe(3);
  });

  it('proves the keys that are there when it is run again', async () => {
    const report = join(world.folder, 'again.json');
    const { stdout } = await world.run(restore('--report', report));
    expect(stdout).toContain(
      '3 of 3 keys are on HSM fabrikam, each proven by its backup, which is not sealed: 0 restored, 0 recovered, 3 there before.',
    );
    expect((await stat(report)).mode & 0o077).toBe(0);
  });
});

/** The page of an answer, with its tables as a wide terminal shows them. */
function pageOf(answer: Answer): string {
  return render(answer, 'table', { now: 0, utc: true });
}

describe('the answer of a restore', () => {
  const failed = (key: string, code: string): RestoredKey => ({
    ...{ key, outcome: 'failed', durationMs: 1, notes: [] },
    problem: { code, message: `Could not restore key ${key} on HSM contoso: 403.` },
  });
  const keys = [...'abcdefg'].map((letter) => failed(`key-${letter}`, 'hsm-forbidden'));
  const report: RestoreReport = {
    ...{ format: 1, source: 'a', target: { hsm: 'b', url: 'https://b' }, startedAt: '', endedAt: '' },
    pace: { set: 8, reached: 0 },
    complete: false,
    counts: { restored: 0, recovered: 0, present: 0, failed: 8 },
    keys: [failed('odd', 'backup-damaged'), ...keys],
  };

  it('names equal failures once, the most common first, and sums up last', () => {
    const lines = pageOf(restoreAnswer(report, 8, true))
      .trimEnd()
      .split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'Not brought back:',
      '  7 keys (hsm-forbidden): Could not restore key KEY on HSM contoso: 403.',
      '    key-a, key-b, key-c, key-d, key-e and 2 more; the report names them',
      '  odd (backup-damaged): Could not restore key odd on HSM contoso: 403.',
    ]);
    expect(lines.at(-1)).toContain('Run the same command again');
  });

  it('shows every key when the report could not be kept', () => {
    expect(pageOf(restoreAnswer(report, 8, false))).toMatch(/^Key +Outcome/);
  });
});

describe('a drill in a world whose HSMs have one name', () => {
  it('restores into the second by its URL, and leaves the first alone', async () => {
    const drill = await CliWorld.start([{ name: 'contoso' }, { name: 'contoso' }]);
    try {
      await drill.client().createKey('orders', 'EC-HSM', { curve: 'P-256' });
      expect(await drill.run(['backup', 'run'])).toMatchObject({ code: 0 });
      const { url } = drill.hsm(1);
      const args = ['backup', 'restore-all', '--from', 'contoso', '--id', url];
      const ran = await drill.run([...args, '--report', join(drill.folder, 'drill.json')]);
      expect(ran.stdout).toContain(
        `1 of 1 keys are on HSM ${new URL(url).host}, each proven by its backup, which is not sealed: 1 restored`,
      );
      expect(ran.code).toBe(0);
      expect(drill.hsm(1).state.keys.size).toBe(1);
    } finally {
      await drill.close();
    }
  });
});
