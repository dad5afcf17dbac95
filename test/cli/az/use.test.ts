import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CliWorld } from '../support/cli-world.ts';
import { az, expectShape, Members, ON, startAzWorld } from './support/az-world.ts';

let world: CliWorld;
beforeAll(async () => {
  world = await startAzWorld();
});
afterAll(() => world?.close());

describe('the use of keys', () => {
  const digest = createHash('sha256').update('hello').digest();

  it.each([
    ['rsa', 'RSA-OAEP-256', ''],
    ['rsa', 'rsa-oaep', ''],
    ['oct', 'A256GCM', ' --aad 101112131415161718191a1b1c1d1e1f'],
    ['oct', 'A256CBCPAD', ' --iv 101112131415161718191a1b1c1d1e1f'],
  ])('%s encrypts with %s, and decrypts again', async (name, algorithm, more) => {
    const call = `${ON} ${name} --algorithm ${algorithm}`;
    const ran = await az(world, `key encrypt ${call} --value abcdef --data-type plaintext${more}`);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expectShape(ran.stdout, 'encrypted');
    const { result, iv, tag, aad } = Members.parse(JSON.parse(ran.stdout));
    const parts = Object.entries({ iv, tag, aad }).flatMap(([flag, value]) =>
      value === null ? [] : ` --${flag} ${value}`,
    );
    const value = `--value ${result}${parts.join('')}`;
    const opened = await az(world, `key decrypt ${call} ${value} --data-type plaintext`);
    expectShape(opened.stdout, 'decrypted');
    expect(JSON.parse(opened.stdout)).toMatchObject({ result: 'abcdef' });
    expect(JSON.parse((await az(world, `key decrypt ${call} ${value}`)).stdout)).toMatchObject({
      result: 'YWJjZGVm',
    });
  });

  it.each([
    ['rsa', 'RS256'],
    ['rsa', 'ps256'],
    ['ec', 'ES256'],
  ])('%s signs with %s, and verifies', async (name, algorithm) => {
    const call = `${ON} ${name} -a ${algorithm} --digest ${digest.toString('base64')}`;
    const made = await az(world, `key sign ${call}`);
    expect(made, made.stderr).toMatchObject({ code: 0 });
    expectShape(made.stdout, 'signature');
    const { signature, keyId } = Members.parse(JSON.parse(made.stdout));
    const good = await az(world, `key verify ${call} --signature ${signature}`);
    expectShape(good.stdout, 'verified');
    expect(JSON.parse(good.stdout)).toEqual({ algorithm: algorithm.toUpperCase(), isValid: true, keyId });
    const bad = await az(
      world,
      `key verify ${call.replace(digest.toString('base64'), Buffer.alloc(32).toString('base64'))} --signature ${signature}`,
    );
    expect(bad.code).toBe(0);
    expect(JSON.parse(bad.stdout)).toMatchObject({ isValid: false });
  });

  it('a downloaded public key verifies what the HSM signed', async () => {
    for (const [name, encoding] of [
      ['rsa', 'PEM'],
      ['rsa', 'DER'],
      ['ec', 'PEM'],
      ['koblitz', 'PEM'],
    ] as const) {
      const file = join(world.folder, `${name}.${encoding}.out`);
      await rm(file, { force: true });
      await az(world, `key download ${ON} ${name} -f ${file} -e ${encoding}`);
      const key = createPublicKey({
        key: await readFile(file),
        ...(encoding === 'DER' ? { format: 'der' as const, type: 'spki' as const } : {}),
      });
      const algorithm = { rsa: 'RS256', ec: 'ES256', koblitz: 'ES256K' }[name];
      const { stdout } = await az(
        world,
        `key sign ${ON} ${name} -a ${algorithm} --digest ${digest.toString('base64')}`,
      );
      const { signature } = z.object({ signature: z.string() }).parse(JSON.parse(stdout));
      const bytes = Buffer.from(signature, 'base64');
      expect(verify('sha256', Buffer.from('hello'), { key, dsaEncoding: 'ieee-p1363' }, bytes)).toBe(true);
    }
  });
});

describe('guard rails', () => {
  it('warn of a change that takes a key away, and say what is not known', async () => {
    const { stderr } = await az(world, `key set-attributes ${ON} ec --enabled false`);
    expect(stderr).toContain('will refuse every use of it');
    expect(stderr).toContain('When key ec was last used is not known here');
    expect((await az(world, `key set-attributes ${ON} ec --enabled true`)).stderr).not.toContain('Warning');
  });

  it('back a rotated key up at once, with all its versions', async () => {
    await world.client().createKey('turning', 'EC-HSM', { curve: 'P-256' });
    await az(world, `key rotation-policy update ${ON} turning --value '{"expiresIn":"P90D"}'`);
    expect((await az(world, `key rotate ${ON} turning`)).stderr).toContain('Backed up key turning');
    const held = [];
    for await (const page of world.backups.list('ContosoHSM', 'turning')) held.push(...page);
    expect(held.map(({ record }) => record.versions.length)).toEqual([2]);
  });

  it('change nothing for a set-attributes that names nothing', async () => {
    expect(await az(world, `key set-attributes ${ON} ec`)).toMatchObject({ code: 2, stdout: '' });
  });

  it('name the command of az for a restore out of a backup of the whole HSM', async () => {
    const { stderr } = await az(
      world,
      `key restore ${ON} rsa --storage-account-name sa --blob-container-name bc --storage-container-SAS-token t --backup-folder f`,
    );
    expect(stderr).toContain('az keyvault key restore --hsm-name ContosoHSM --name rsa');
    expect(stderr).toContain('--storage-account-name sa --blob-container-name bc');
    expect(stderr).toContain('--backup-folder f');
  });

  it('take a private key as a text', async () => {
    const pem = await readFile(join(world.folder, 'ec.pem'), 'utf8');
    const args = ['key', 'import', '--hsm-name', 'ContosoHSM', '--name', 'text', '--pem-string'];
    expect(await world.run([...args, pem])).toMatchObject({ code: 0 });
    expect(await world.run([...args, pem.replaceAll('\n', '\\n')])).toMatchObject({ code: 0 });
  });

  it.each([
    ['none', ''],
    ['two', '--pem-file a --byok-file b'],
    ['a BYOK key with a password', '--byok-file a --pem-password b'],
    ['a BYOK key of a curve without its type', '--byok-file a --curve P-256'],
  ])('take one source of an import: not %s', async (_case, flags) => {
    expect((await az(world, `key import ${ON} none ${flags}`)).code).toBe(2);
  });
});
