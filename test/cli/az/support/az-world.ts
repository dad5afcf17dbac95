/**
 * What the Azure CLI 2.45 printed when it ran against this emulator, as rules: members and their order by kind of answer, values
 * that do not change from run to run, exit codes.
 */
import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { type Ran, words } from '../../support/cli.ts';
import { CliWorld } from '../../support/cli-world.ts';

/** The HSM of the commands. */
export const HSM = 'https://ContosoHSM.managedhsm.azure.net';
/** The beginning of the flags that name a key. */
export const ON = '--hsm-name ContosoHSM --name';
/** A release policy. */
export const POLICY =
  '{"version":"1.0.0","anyOf":[{"authority":"https://sharedeus.eus.attest.azure.net","allOf":[{"claim":"x","equals":"true"}]}]}';

/** A world with keys of every kind and state. */
export async function startAzWorld(): Promise<CliWorld> {
  const world = await CliWorld.start([{ name: 'contoso' }], ([hsm]) => [
    { name: 'ContosoHSM', url: hsm?.url ?? '' },
  ]);
  const client = world.client();
  const releasePolicy = { encodedPolicy: Buffer.from(POLICY) };
  await client.createKey('rsa', 'RSA-HSM', { keySize: 2048, tags: { owner: 'a', app: 'b' } });
  await client.createKey('rsa', 'RSA-HSM', { keySize: 2048, tags: { owner: 'a', app: 'b' } });
  await client.createKey('ec', 'EC-HSM', { curve: 'P-256' });
  await client.createKey('koblitz', 'EC-HSM', { curve: 'P-256K' });
  await client.createKey('oct', 'oct-HSM', { keySize: 256 });
  const expiresOn = new Date('2030-01-01T00:00:00Z');
  await client.createKey('off', 'EC-HSM', { curve: 'P-384', enabled: false, expiresOn });
  await client.createKey('exportable', 'RSA-HSM', {
    keySize: 2048,
    exportable: true,
    releasePolicy,
    keyOps: ['sign'],
  });
  for (const name of ['gone', 'gone-exportable', 'to-recover', 'to-recover-by-id']) {
    const exportable = name === 'gone-exportable' ? { exportable: true, releasePolicy } : {};
    await client.createKey(name, 'EC-HSM', { curve: 'P-256', ...exportable });
    await (await client.beginDeleteKey(name)).pollUntilDone();
  }
  for (const name of ['to-delete', 'to-delete-by-id', 'to-change']) {
    await client.createKey(name, 'EC-HSM', { curve: 'P-256', tags: { a: '1' } });
  }
  const pem = (made: { privateKey: { export(options: object): string | Buffer } }, more: object = {}) =>
    made.privateKey.export({ type: 'pkcs8', format: 'pem', ...more });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await world.file('plain.pem', pem(rsa));
  await world.file('locked.pem', pem(rsa, { cipher: 'aes-256-cbc', passphrase: 'mypassword' }));
  await world.file('ec.pem', pem(generateKeyPairSync('ec', { namedCurve: 'P-384' })));
  await world.file('policy.json', POLICY);
  return world;
}

/** Runs one line in `world`; `DIR` is its folder of files. */
export function az(world: CliWorld, line: string, stdin = ''): Promise<Ran> {
  return world.run(words(line.replaceAll('DIR', world.folder)), { stdin });
}

const ATTRIBUTES = [
  ...['created', 'enabled', 'expires', 'exportable', 'notBefore'],
  ...['recoverableDays', 'recoveryLevel', 'updated'],
];
const JWK = ['crv', 'd', 'dp', 'dq', 'e', 'k', 'keyOps', 'kid', 'kty', 'n', 'p', 'q', 'qi', 't', 'x', 'y'];
/** Members by kind of answer, in az's order. */
const SHAPES = {
  key: ['attributes', 'key', 'managed', 'releasePolicy', 'tags'],
  bundle: ['attributes', 'key', 'managed', 'tags'],
  deleted: ['attributes', 'deletedDate', 'key', 'managed', 'recoveryId', 'scheduledPurgeDate', 'tags'],
  item: ['attributes', 'kid', 'managed', 'name', 'tags'],
  'deleted item': [
    ...['attributes', 'deletedDate', 'kid', 'managed', 'name', 'recoveryId', 'scheduledPurgeDate', 'tags'],
  ],
  policy: ['createdOn', 'expiresIn', 'id', 'lifetimeActions', 'updatedOn'],
  encrypted: ['aad', 'algorithm', 'iv', 'kid', 'result', 'tag'],
  decrypted: ['algorithm', 'kid', 'result'],
  signature: ['algorithm', 'keyId', 'signature'],
  verified: ['algorithm', 'isValid', 'keyId'],
  random: ['value'],
  template: ['anyOf', 'version'],
  definition: [
    ...['assignableScopes', 'description', 'id', 'name', 'permissions', 'roleName', 'roleType', 'type'],
  ],
  assignment: [
    ...['id', 'name', 'principalId', 'principalName', 'principalType'],
    ...['roleDefinitionId', 'roleName', 'scope', 'type'],
  ],
  attestation: ['certificatePemFile', 'privateKeyAttestation', 'publicKeyAttestation', 'version'],
} as const;
export type Shape = keyof typeof SHAPES | 'nothing';

export const Members = z.record(z.string(), z.unknown());

/** Checks members and their order, everywhere in what was printed. */
export function expectShape(stdout: string, shape: Shape): void {
  if (shape === 'nothing') {
    expect(stdout).toBe('');
    return;
  }
  const shown: unknown = JSON.parse(stdout);
  expect(stdout).toBe(`${JSON.stringify(shown, null, 2)}\n`);
  for (const one of Array.isArray(shown) ? shown : [shown]) {
    const members = Members.parse(one);
    expect(Object.keys(members)).toEqual(SHAPES[shape]);
    if ('attributes' in members) expect(Object.keys(Members.parse(members.attributes))).toEqual(ATTRIBUTES);
    if ('key' in members) expect(Object.keys(Members.parse(members.key))).toEqual(JWK);
  }
}

/** A line, the kind of its answer, values in it, and what is typed. */
export interface Row {
  readonly line: string;
  readonly shape: Shape;
  readonly values?: object;
  readonly stdin?: string;
}

/** Each row is a test: it ends with 0, and answers with its members and values. */
export function itAnswers(rows: readonly Row[], world: () => CliWorld): void {
  it.each(rows)('$line', async ({ line, shape, values = {}, stdin }) => {
    const ran = await az(world(), line, stdin);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expectShape(ran.stdout, shape);
    if (shape === 'nothing') return;
    const shown = JSON.parse(ran.stdout);
    if (Array.isArray(values)) {
      for (const [index, value] of values.entries()) expect(shown[index]).toMatchObject(value);
    } else expect(shown).toMatchObject(values);
  });
}

/** JSON with the spaces that Python writes, in which az sends a policy. */
export function pythonJson(text: string): string {
  return text.replaceAll(/([,:])(?=["[{])/g, '$1 ');
}
