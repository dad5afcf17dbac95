// One request for every operation, and what has to be there before it can succeed.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { HsmConnection } from '../../live/hsm-connection.ts';

const Value = z.object({ value: z.string() });
const Digest = createHash('sha256').update('x').digest('base64url');
const SECRET = Buffer.alloc(32, 1).toString('base64url');
const POLICY = { attributes: { expiryTime: 'P90D' }, lifetimeActions: [] };
const BACKUP_USER = '7b127d3c-77bd-4e3e-bbe0-dbb8971fa7f8';
const ROLES = '/providers/Microsoft.Authorization';
const ASSIGNMENT = {
  properties: {
    roleDefinitionId: `Microsoft.KeyVault${ROLES}/roleDefinitions/${BACKUP_USER}`,
    principalId: 'someone-else',
  },
};

type Call = { method: string; path: string; body?: object | undefined };

/** Prepares the operation as administrator and gives the call to try. `name` and `guid` are free to use. */
export type Try = (admin: Admin, name: string, guid: string) => Promise<Call>;

export type Admin = { send(method: string, path: string, body?: object): Promise<unknown> };

/** The administrator at work; a request of theirs that fails is a mistake in the test. */
export function administrator(connection: HsmConnection): Admin {
  return {
    async send(method, path, body) {
      const answer = await connection.send(method, path, body);
      if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      return answer.json;
    },
  };
}

/** A call on a new EC key. */
function onKey(method: string, action = '', body?: object): Try {
  return async (admin, name) => {
    await admin.send('POST', `/keys/${name}/create`, { kty: 'EC' });
    return { method, path: `/keys/${name}${action}`, body };
  };
}

/** A call on a new oct key. */
function onSecret(action: string, body: (admin: Admin, name: string) => Promise<object>): Try {
  return async (admin, name) => {
    await admin.send('POST', `/keys/${name}/create`, { kty: 'oct', key_size: 256 });
    return { method: 'POST', path: `/keys/${name}/${action}`, body: await body(admin, name) };
  };
}

/** A call on a new key that was deleted. */
function onDeleted(method: string, action = ''): Try {
  return async (admin, name) => {
    await admin.send('POST', `/keys/${name}/create`, { kty: 'EC' });
    await admin.send('DELETE', `/keys/${name}`);
    return { method, path: `/deletedkeys/${name}${action}` };
  };
}

const RELEASE_POLICY = Buffer.from(
  JSON.stringify({
    anyOf: [{ authority: 'https://attest.contoso.com', allOf: [{ claim: 'x', equals: 'y' }] }],
    version: '1.0.0',
  }),
).toString('base64url');

/** An attestation token with the public key that a released key is wrapped for. */
async function attestation(): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const claims = { 'x-ms-runtime': { keys: [publicKey.export({ format: 'jwk' })] } };
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
}

async function made(admin: Admin, name: string, action: string, body?: object): Promise<string> {
  return Value.parse(await admin.send('POST', `/keys/${name}/${action}`, body)).value;
}

const call =
  (method: string, path: string, body?: object): Try =>
  async () => ({ method, path, body });

/** By the names of the operations table. */
export const TRIES: Readonly<Record<string, Try>> = {
  getKeys: call('GET', '/keys'),
  getKey: onKey('GET'),
  getKeyVersions: onKey('GET', '/versions'),
  getKeyRotationPolicy: onKey('GET', '/rotationpolicy'),
  getKeyAttestation: onKey('GET', '/attestation'),
  updateKey: onKey('PATCH', '', { attributes: {} }),
  updateKeyRotationPolicy: onKey('PUT', '/rotationpolicy', POLICY),
  createKey: async (_, name) => ({ method: 'POST', path: `/keys/${name}/create`, body: { kty: 'EC' } }),
  importKey: async (_, name) => ({
    method: 'PUT',
    path: `/keys/${name}`,
    body: { key: { kty: 'oct', k: SECRET } },
  }),
  rotateKey: async (admin, name) => {
    await admin.send('POST', `/keys/${name}/create`, { kty: 'EC' });
    await admin.send('PUT', `/keys/${name}/rotationpolicy`, POLICY);
    return { method: 'POST', path: `/keys/${name}/rotate` };
  },
  deleteKey: onKey('DELETE'),
  backupKey: onKey('POST', '/backup'),
  restoreKey: async (admin, name) => {
    await admin.send('POST', `/keys/${name}/create`, { kty: 'EC' });
    const value = await made(admin, name, 'backup');
    await admin.send('DELETE', `/keys/${name}`);
    await admin.send('DELETE', `/deletedkeys/${name}`);
    return { method: 'POST', path: '/keys/restore', body: { value } };
  },
  getDeletedKeys: call('GET', '/deletedkeys'),
  getDeletedKey: onDeleted('GET'),
  recoverDeletedKey: onDeleted('POST', '/recover'),
  purgeDeletedKey: onDeleted('DELETE'),
  sign: onKey('POST', '/sign', { alg: 'ES256', value: Digest }),
  verify: async (admin, name) => {
    await admin.send('POST', `/keys/${name}/create`, { kty: 'EC' });
    const value = await made(admin, name, 'sign', { alg: 'ES256', value: Digest });
    return { method: 'POST', path: `/keys/${name}/verify`, body: { alg: 'ES256', digest: Digest, value } };
  },
  encrypt: onSecret('encrypt', async () => ({ alg: 'A256CBCPAD', value: SECRET, iv: SECRET })),
  decrypt: onSecret('decrypt', async (admin, name) => {
    const body = { alg: 'A256CBCPAD', value: SECRET, iv: SECRET };
    return { ...body, value: await made(admin, name, 'encrypt', body) };
  }),
  wrapKey: onSecret('wrapkey', async () => ({ alg: 'A256KW', value: SECRET })),
  unwrapKey: onSecret('unwrapkey', async (admin, name) => ({
    alg: 'A256KW',
    value: await made(admin, name, 'wrapkey', { alg: 'A256KW', value: SECRET }),
  })),
  releaseKey: async (admin, name) => {
    const body = { kty: 'EC', attributes: { exportable: true }, release_policy: { data: RELEASE_POLICY } };
    await admin.send('POST', `/keys/${name}/create`, body);
    return { method: 'POST', path: `/keys/${name}/release`, body: { target: await attestation() } };
  },
  getRandomBytes: call('POST', '/rng', { count: 4 }),
  listRoleDefinitions: call('GET', `${ROLES}/roleDefinitions`),
  getRoleDefinition: call('GET', `${ROLES}/roleDefinitions/${BACKUP_USER}`),
  putRoleDefinition: async (_, __, guid) => ({
    method: 'PUT',
    path: `${ROLES}/roleDefinitions/${guid}`,
    body: { properties: {} },
  }),
  deleteRoleDefinition: async (admin, _, guid) => {
    await admin.send('PUT', `${ROLES}/roleDefinitions/${guid}`, { properties: {} });
    return { method: 'DELETE', path: `${ROLES}/roleDefinitions/${guid}` };
  },
  listRoleAssignments: call('GET', `${ROLES}/roleAssignments`),
  getRoleAssignment: async (admin, _, guid) => {
    await admin.send('PUT', `${ROLES}/roleAssignments/${guid}`, ASSIGNMENT);
    return { method: 'GET', path: `${ROLES}/roleAssignments/${guid}` };
  },
  putRoleAssignment: async (_, __, guid) => ({
    method: 'PUT',
    path: `${ROLES}/roleAssignments/${guid}`,
    body: ASSIGNMENT,
  }),
  deleteRoleAssignment: async (admin, _, guid) => {
    await admin.send('PUT', `${ROLES}/roleAssignments/${guid}`, ASSIGNMENT);
    return { method: 'DELETE', path: `${ROLES}/roleAssignments/${guid}` };
  },
};
