import { generateKeyPairSync } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './support/cli.ts';
import { CliWorld } from './support/cli-world.ts';

let world: CliWorld;
/** Waits for nothing, so that repeated attempts are over at once. */
const impatient = { now: Date.now, sleep: async () => undefined };

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso' }, { name: 'stranger', securityDomain: 'another' }]);
});

afterAll(async () => {
  await world?.close();
});

const on = (verb: string, name: string, ...more: string[]) => [
  ...['key', verb, '--hsm-name', 'contoso', '--name', name],
  ...more,
];

async function backupsOf(key: string) {
  const all = [];
  for await (const page of world.backups.list('contoso', key)) all.push(...page);
  return all;
}

/** The same HSM, but without settings: the way of someone who only has a token. */
async function runBare(args: readonly string[], stdin = '') {
  const { url, caFile } = world.hsm();
  const bare = args.filter((arg) => arg !== '--hsm-name' && arg !== 'contoso' && arg !== '--name');
  const [group = '', verb = '', name = '', ...more] = bare;
  const token = ['--ca-file', caFile, '--token-file', join(world.folder, 'administrator.token')];
  return run([group, verb, '--id', `${url}/keys/${name}`, ...more, ...token], { stdin });
}

describe('a key in another letter case than the HSM spells it', () => {
  it.each(['Spelled', 'SPELLED'])('is deleted and purged as %s, typed in either spelling', async (typed) => {
    await world.run(on('create', 'Spelled', '--kty', 'EC-HSM', '--curve', 'P-256'));
    const deleted = await world.run(on('delete', 'spELLED'));
    expect(deleted).toMatchObject({ code: 0 });
    expect(await backupsOf('Spelled')).not.toHaveLength(0);
    const purged = await world.run(on('purge', 'SPELLED'), { stdin: `${typed}\n` });
    expect(purged).toMatchObject({ code: 0 });
  });
});

describe('key create', () => {
  it('takes a first backup at once, of each new version', async () => {
    const made = await world.run(on('create', 'first', '--kty', 'EC-HSM', '--curve', 'P-256'));
    expect(made).toMatchObject({ code: 0 });
    expect(await backupsOf('first')).toHaveLength(1);

    await world.run(on('create', 'first', '--kty', 'EC-HSM', '--curve', 'P-256'));
    expect((await backupsOf('first')).map(({ record }) => record.versions.length)).toEqual([1, 2]);
  });

  it('makes the key but says by its exit code when the backup fails', async () => {
    world.hsm().faults.add({ operation: 'backupKey', fault: { type: 'error', status: 503 } });
    const made = await world.run(on('create', 'unbacked'), { clock: impatient });
    expect(made.code).toBe(1);
    expect(made.stderr).toContain('hsm-unavailable');
    expect(made.stderr).toContain('hsm-warden backup run --hsm contoso --key unbacked --emulator');
    expect((await world.client().getKey('unbacked')).name).toBe('unbacked');
    world.hsm().faults.clear();
  });

  it('says that nothing was backed up where the settings do not name the HSM', async () => {
    const made = await runBare(on('create', 'bare'));
    expect(made).toMatchObject({ code: 0 });
    expect(made.stderr).toContain('no backup was taken');
    expect(await backupsOf('bare')).toEqual([]);
  });
});

describe('key delete', () => {
  it('takes a backup first when there is none', async () => {
    await world.client().createKey('lonely', 'RSA-HSM');
    const deleted = await world.run(on('delete', 'lonely'));
    expect(deleted).toMatchObject({ code: 0 });
    expect(await backupsOf('lonely')).toHaveLength(1);
  });

  it('takes a new backup when the newest version is in none', async () => {
    await world.run(on('create', 'rotated'));
    await world.client().createKey('rotated', 'RSA-HSM');
    await world.run(on('delete', 'rotated'));
    expect((await backupsOf('rotated')).map(({ record }) => record.versions.length)).toEqual([1, 2]);
  });

  it('does not take another when a good one is there', async () => {
    await world.run(on('create', 'covered'));
    await world.run(on('delete', 'covered'));
    expect(await backupsOf('covered')).toHaveLength(1);
  });

  it('leaves the key alone when no backup can be taken', async () => {
    await world.client().createKey('stays', 'RSA-HSM');
    world.hsm().faults.add({ operation: 'backupKey', fault: { type: 'error', status: 503 } });
    const refused = await world.run(on('delete', 'stays'), { clock: impatient });
    world.hsm().faults.clear();
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('--no-backup --yes-really');
    expect((await world.client().getKey('stays')).name).toBe('stays');
  });

  it('refuses where the settings do not name the HSM, unless that is said twice', async () => {
    await world.client().createKey('unnamed', 'RSA-HSM');
    expect((await runBare(on('delete', 'unnamed'))).code).toBe(4);
    expect((await runBare(on('delete', 'unnamed', '--no-backup'))).code).toBe(2);
    expect((await world.client().getKey('unnamed')).name).toBe('unnamed');
    expect((await runBare(on('delete', 'unnamed', '--no-backup', '--yes-really'))).code).toBe(0);
  });

  it('says that there is no such key', async () => {
    const none = await world.run(on('delete', 'nowhere'));
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('key-not-found');
  });
});

describe('key purge', () => {
  it.each([
    ['another name', 'covered2\n'],
    ['nothing', '\n'],
    ['no answer at all', ''],
  ])('does not purge when %s is typed', async (_case, stdin) => {
    const refused = await world.run(on('purge', 'covered'), { stdin });
    expect(refused.code).toBe(4);
    expect((await world.client().getDeletedKey('covered')).name).toBe('covered');
  });

  it('refuses a key that was deleted without a backup, whatever is typed', async () => {
    await world.client().createKey('bereft', 'RSA-HSM');
    await world.client().beginDeleteKey('bereft');
    const refused = await world.run(on('purge', 'bereft', '--confirm', 'bereft'));
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('hsm-warden key recover --hsm-name contoso --name bereft --emulator');
    expect((await world.client().getDeletedKey('bereft')).name).toBe('bereft');
  });

  it('refuses a key whose newest version is in no backup', async () => {
    await world.run(on('create', 'halfway'));
    await world.client().createKey('halfway', 'RSA-HSM');
    await world.client().beginDeleteKey('halfway');
    expect((await world.run(on('purge', 'halfway', '--confirm', 'halfway'))).code).toBe(4);
  });

  it('purges a key with a good backup once its name is typed', async () => {
    const purged = await world.run(on('purge', 'covered'), { stdin: 'covered\n' });
    expect(purged).toMatchObject({ code: 0, stdout: '' });
    await expect(world.client().getDeletedKey('covered')).rejects.toMatchObject({ statusCode: 404 });
  });
});

describe('key recover', () => {
  it.each(['covered', 'first', 'never-was'])('says of %s that it is not soft-deleted', async (name) => {
    const refused = await world.run(on('recover', name));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('(key-not-found)');
    expect(refused.stderr).toContain('It is not soft-deleted: it is active, was purged, or never was.');
  });
});

describe('key import', () => {
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({
    ...{ type: 'pkcs8', format: 'pem' },
    ...{ cipher: 'aes-256-cbc', passphrase: 'sesame' },
  });

  it.each([
    ['from standard input', ['--pem-password-file', '-'], 'sesame\n', 0],
    ['from the wrong one', ['--pem-password-file', '-'], 'open\n', 2],
    ['on the command line, with a warning', ['--pem-password', 'sesame'], '', 0],
    ['from both', ['--pem-password', 'sesame', '--pem-password-file', '-'], 'sesame\n', 2],
    ['from nowhere', [], '', 2],
  ])('takes the password %s', async (_case, password, stdin, code) => {
    const path = await world.file('ec.pem', pem);
    const args = on('import', 'imported', '--pem-file', path, '--ops', 'sign', 'verify');
    const ran = await world.run([...args, ...password], { stdin });
    expect(ran.code).toBe(code);
    expect(ran.stderr.includes('Warning')).toBe(code === 0 && password[0] === '--pem-password');
    if (code === 0)
      expect((await world.client().getKey('imported')).keyOperations?.toSorted()).toEqual(['sign', 'verify']);
  });
});

describe('key backup and restore', () => {
  it('writes a file for its owner alone, and never over another', async () => {
    await world.client().createKey('filed', 'RSA-HSM');
    const path = join(world.folder, 'filed.backup');
    expect((await world.run(on('backup', 'filed', '--file', path))).code).toBe(0);
    expect((await stat(path)).mode & 0o077).toBe(0);
    const before = await readFile(path);

    expect((await world.run(on('backup', 'filed', '--file', path))).code).toBe(4);
    expect(await readFile(path)).toEqual(before);
  });

  it('leaves no file behind when the backup fails', async () => {
    const path = join(world.folder, 'none.backup');
    expect((await world.run(on('backup', 'nowhere', '--file', path))).code).toBe(1);
    await expect(stat(path)).rejects.toThrow();
  });

  it.each([
    ['active', 'is there already'],
    ['soft-deleted', 'hsm-warden key recover --hsm-name contoso --name filed --emulator'],
  ])('explains that the name is taken by the %s key', async (state, advice) => {
    if (state === 'soft-deleted') await world.client().beginDeleteKey('filed');
    for (const name of [['--name', 'filed'], []]) {
      const args = [
        'key',
        'restore',
        '--hsm-name',
        'contoso',
        ...name,
        '--file',
        join(world.folder, 'filed.backup'),
      ];
      const refused = await world.run(args);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('key-name-conflict');
      if (name.length > 0) expect(refused.stderr).toContain(advice);
      else expect(refused.stderr).toContain('hsm-warden key recover');
    }
  });

  it('says that a backup of another security domain does not fit', async () => {
    const { url, caFile, token } = world.hsm(1);
    const tokenFile = await world.file('stranger.token', token);
    const way = ['--id', `${url}/`, '--ca-file', caFile, '--token-file', tokenFile];
    const refused = await run(['key', 'restore', ...way, '--file', join(world.folder, 'filed.backup')]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('backup-foreign');
  });

  it('says so when the backup holds another key than the one named', async () => {
    await world.client().purgeDeletedKey('filed');
    const path = join(world.folder, 'filed.backup');
    const restored = await world.run(on('restore', 'another-name', '--file', path));
    expect(restored.code).toBe(1);
    expect(restored.stderr).toContain('backup holds the key filed, not another-name');
  });

  it('refuses a file that is no backup before the HSM sees it', async () => {
    const path = await world.file('broken.backup', 'abc.def');
    const refused = await world.run(on('restore', 'x', '--file', path));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('expected 5 parts');
  });
});
