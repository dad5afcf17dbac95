import { generateKeyPairSync } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { chdir, cwd } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { words } from './support/cli.ts';
import { CliWorld } from './support/cli-world.ts';

/**
 * Every command of Microsoft's article "Manage a Managed HSM using the Azure CLI" (2025-04-25) that begins with
 * `az keyvault key`, in its order, with `az keyvault key` replaced by `hsm-warden key`. Its misprints are put right here:
 *
 * - `--tags “usage=signing] appname=myapp”`: curly quotes around both tags and a stray bracket; here two tags.
 * - the last import by `--id` says `key recover` and `--password`: here `key import` and `--pem-password`, and
 *   `/keys/` would do in place of `/deletedKeys/`, which is kept.
 * - the HSM is ContosoMHSM at first and ContosoHSM later: both are names of one HSM here.
 * - "Note the key name (myaeskey) in the URI" stands above URLs of myrsakey: no part of a command.
 */
type Before = 'absent' | 'active' | 'deleted' | 'backed-up and purged';
const TAGS = '--tags usage=signing appname=myapp';
const MHSM = 'https://ContosoMHSM.managedhsm.azure.net';
const HSM = 'https://ContosoHSM.managedhsm.azure.net';
const ARTICLE: readonly (readonly [key: string, before: Before, command: string])[] = [
  [
    'myrsakey',
    'absent',
    'key create --hsm-name ContosoMHSM --name myrsakey --ops wrapKey unwrapKey --kty RSA-HSM --size 3072',
  ],
  [
    'myrsakey',
    'absent',
    `key create --id ${MHSM}/keys/myrsakey --ops wrapKey unwrapKey --kty RSA-HSM --size 3072`,
  ],
  [
    'myec256key',
    'absent',
    `key create --hsm-name ContosoMHSM --name myec256key --ops sign verify  ${TAGS} --kty EC-HSM --curve P-256`,
  ],
  [
    'myec256key',
    'absent',
    `key create --id ${MHSM}/keys/myec256key --ops sign verify  ${TAGS} --kty EC-HSM --curve P-256`,
  ],
  [
    'myaeskey',
    'absent',
    'key create --hsm-name ContosoMHSM --name myaeskey --ops encrypt decrypt  --tags --kty oct-HSM --size 256',
  ],
  [
    'myaeskey',
    'absent',
    `key create --id ${MHSM}/keys/myaeskey --ops encrypt decrypt  ${TAGS} --kty oct-HSM --size 256`,
  ],
  ['myrsakey', 'active', 'key show --hsm-name ContosoHSM --name myrsakey'],
  ['myrsakey', 'active', `key show --id ${HSM}/keys/myrsakey`],
  ['myrsakey', 'active', 'key list --hsm-name ContosoHSM'],
  ['myrsakey', 'active', `key list --id ${HSM}/`],
  ['myrsakey', 'active', 'key delete --hsm-name ContosoHSM --name myrsakey'],
  ['myrsakey', 'active', `key delete --id ${HSM}/keys/myrsakey`],
  ['myrsakey', 'deleted', 'key list-deleted --hsm-name ContosoHSM'],
  ['myrsakey', 'deleted', `key list-deleted --id ${HSM}/`],
  ['myrsakey', 'deleted', 'key recover --hsm-name ContosoHSM --name myrsakey'],
  ['myrsakey', 'deleted', `key recover --id ${HSM}/deletedKeys/myrsakey`],
  ['myrsakey', 'deleted', 'key purge --hsm-name ContosoHSM --name myrsakey'],
  ['myrsakey', 'deleted', `key purge --id ${HSM}/deletedKeys/myrsakey`],
  ['myrsakey', 'active', 'key backup --hsm-name ContosoHSM --name myrsakey --file myrsakey.backup'],
  ['myrsakey', 'active', `key backup --id ${HSM}/deletedKeys/myrsakey  --file myrsakey.backup`],
  [
    'myrsakey',
    'backed-up and purged',
    'key restore --hsm-name ContosoHSM --name myrsakey --file myrsakey.backup',
  ],
  ['myrsakey', 'backed-up and purged', `key restore --id ${HSM}/deletedKeys/myrsakey --file myrsakey.backup`],
  [
    'myrsakey',
    'absent',
    "key import --hsm-name ContosoHSM --name myrsakey --pem-file mycert.key --pem-password 'mypassword'",
  ],
  [
    'myrsakey',
    'absent',
    `key import --id ${HSM}/deletedKeys/myrsakey --pem-file mycert.key --pem-password 'mypassword'`,
  ],
];

const Shown = z.object({
  attributes: z.object({
    created: z.string(),
    enabled: z.boolean(),
    recoveryLevel: z.string(),
    updated: z.string(),
  }),
  key: z.object({
    kid: z.string(),
    kty: z.string(),
    keyOps: z.array(z.string()),
    crv: z.string().nullable(),
    n: z.string().nullable(),
    d: z.null(),
  }),
  managed: z.null(),
  tags: z.record(z.string(), z.string()).nullable(),
});
const Deleted = Shown.extend({
  deletedDate: z.string(),
  scheduledPurgeDate: z.string(),
  recoveryId: z.string(),
});
const Listed = z.array(z.object({ attributes: Shown.shape.attributes, kid: z.string(), name: z.string() }));

let world: CliWorld;
const start = cwd();
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso' }], ([hsm]) =>
    ['ContosoMHSM', 'ContosoHSM'].map((name) => ({ name, url: hsm?.url ?? '' })),
  );
  // The article's files are in the folder the commands run in.
  chdir(world.folder);
  const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'mypassword' } as const;
  await writeFile('mycert.key', pair.privateKey.export(cipher));
});

afterAll(async () => {
  chdir(start);
  await world?.close();
});

/** Brings the key into the state a reader of the article has it in before the command. */
async function prepare(key: string, before: Before): Promise<void> {
  const client = world.client();
  await rm('myrsakey.backup', { force: true });
  await client.beginDeleteKey(key).catch(() => undefined);
  await client.purgeDeletedKey(key).catch(() => undefined);
  if (before === 'absent') return;
  await world.run(words(`key create --hsm-name ContosoHSM --name ${key} --kty RSA-HSM --size 2048`));
  if (before === 'deleted') await client.beginDeleteKey(key);
  if (before !== 'backed-up and purged') return;
  await world.run(words(`key backup --hsm-name ContosoHSM --name ${key} --file myrsakey.backup`));
  await client.beginDeleteKey(key);
  await client.purgeDeletedKey(key);
}

/** What the command must have done, by its verb. */
async function proveDone(command: string, key: string, stdout: string): Promise<void> {
  const client = world.client();
  const [, verb = ''] = words(command);
  switch (verb) {
    case 'create': {
      const made = Shown.parse(JSON.parse(stdout));
      expect(made.key.kid).toContain(`/keys/${key}/`);
      expect(made.key.keyOps).toEqual(/--ops (\w+ \w+)/.exec(command)?.[1]?.split(' ') ?? []);
      expect(made.key.kty).toBe(/--kty (\S+)/.exec(command)?.[1]);
      if (command.includes('3072')) expect(Buffer.from(made.key.n ?? '', 'base64')).toHaveLength(384);
      expect(made.tags ?? {}).toEqual(command.includes(TAGS) ? { usage: 'signing', appname: 'myapp' } : {});
      return;
    }
    case 'show':
      expect(Shown.parse(JSON.parse(stdout)).key.kid).toBe((await client.getKey(key)).id);
      return;
    case 'list':
    case 'list-deleted':
      expect(Listed.parse(JSON.parse(stdout)).map(({ name }) => name)).toContain(key);
      return;
    case 'delete':
      expect(Deleted.parse(JSON.parse(stdout)).recoveryId).toBe(
        (await client.getDeletedKey(key)).properties.recoveryId,
      );
      return;
    case 'recover':
      expect((await client.getKey(key)).name).toBe(key);
      return;
    case 'purge':
      await expect(client.getDeletedKey(key)).rejects.toMatchObject({ statusCode: 404 });
      return;
    case 'backup':
      expect((await readFile('myrsakey.backup', 'latin1')).split('.')).toHaveLength(5);
      expect((await stat('myrsakey.backup')).mode & 0o077).toBe(0);
      return;
    case 'restore':
      expect(Shown.parse(JSON.parse(stdout)).key.kid).toBe((await client.getKey(key)).id);
      return;
    case 'import': {
      const { n } = pair.publicKey.export({ format: 'jwk' });
      const imported = (await client.getKey(key)).key?.n ?? new Uint8Array();
      expect(Buffer.from(imported).toString('base64url')).toBe(n);
      return;
    }
    default:
      throw new Error(`nothing is proven of ${verb}`);
  }
}

describe('the article, with az keyvault key replaced by hsm-warden key', () => {
  it.each(ARTICLE)('%s, %s: %s', async (key, before, command) => {
    await prepare(key, before);
    // Only the purge asks: for the key's name.
    const ran = await world.run(words(command), { stdin: `${key}\n` });
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    await proveDone(command, key, ran.stdout);
  });
});
