// Requests about roles, for the tests of roles, scopes and limits.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Emulator } from '../../../src/emulator/start-emulator.ts';
import { API, type RawAnswer, raw } from '../support/emulator.ts';

export const AUTHORIZATION = 'providers/Microsoft.Authorization';
export const CRYPTO_USER = '21dbd100-6940-42c2-9190-5d6cb909625b';
export const AUDITOR = '2c18b078-7c48-4d3a-af88-5a3a1b3f82b3';
export const ADMINISTRATOR = 'a290e904-7015-4bba-90c8-60543313cdb4';
export const POLICY_ADMINISTRATOR = '4bd23610-cdcf-4971-bdee-bdc562cc28e4';

export const Named = z.object({
  value: z.array(z.looseObject({ name: z.string(), properties: z.looseObject({}) })),
});
const Refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Status, code and text of a refusal, without the activity id. */
export function codeOf({ status, json }: RawAnswer): [number, string, string] {
  const { error } = Refusal.parse(json);
  return [status, error.code, error.message.replace(/ \(Activity ID: [0-9a-f-]{36}\)$/, '')];
}

export function roleId(guid: string): string {
  return `Microsoft.KeyVault/${AUTHORIZATION}/roleDefinitions/${guid}`;
}

/** Calls to one emulator, as its administrator unless a token is given. */
export function roleCalls(emulator: Emulator) {
  function call(method: string, path: string, body?: unknown, token = emulator.token): Promise<RawAnswer> {
    return raw(emulator, method, `${path}?${API}`, body === undefined ? { token } : { token, body });
  }

  async function done(method: string, path: string, body: unknown): Promise<void> {
    const answer = await call(method, path, body);
    if (answer.status !== 201) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  }

  return {
    call,
    /** Gives a role at a scope to a new principal; resolves to their token and the assignment's name. */
    async principalWith(guid: string, scope: string): Promise<{ name: string; token: string }> {
      const principalId = randomUUID();
      const name = randomUUID();
      const body = { properties: { roleDefinitionId: roleId(guid), principalId } };
      await done('PUT', `${scope === '/' ? '' : scope}/${AUTHORIZATION}/roleAssignments/${name}`, body);
      // Object ids are GUIDs: their letters' case does not matter.
      return { name, token: await emulator.issueToken({ objectId: principalId.toUpperCase() }) };
    },
    /** Makes a custom role; resolves to its GUID. */
    async customRole(permissions: unknown): Promise<string> {
      const guid = randomUUID();
      await done('PUT', `/${AUTHORIZATION}/roleDefinitions/${guid}`, { properties: { permissions } });
      return guid;
    },
  };
}
