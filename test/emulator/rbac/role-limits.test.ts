// The documented limits of custom roles and assignments.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import type { RawAnswer } from '../support/emulator.ts';
import { AUDITOR, AUTHORIZATION, codeOf, roleCalls, roleId } from './role-calls.ts';

let emulator: Emulator;
let calls: ReturnType<typeof roleCalls>;

beforeAll(async () => {
  emulator = await startEmulator({ retentionDays: 7 });
  calls = roleCalls(emulator);
});
afterAll(() => emulator.close());

describe('documented limits', () => {
  /** Repeats until refused; resolves to how many went through. */
  async function untilRefused(make: () => Promise<RawAnswer>): Promise<{ made: number; refusal: RawAnswer }> {
    for (let made = 0; ; made += 1) {
      const answer = await make();
      if (answer.status !== 201) return { made, refusal: answer };
    }
  }

  test('50 custom roles, and replacing one of them is still possible', async () => {
    const put = (guid: string) =>
      calls.call('PUT', `/${AUTHORIZATION}/roleDefinitions/${guid}`, { properties: {} });
    const kept = randomUUID();
    expect((await put(kept)).status).toBe(201);

    const { made, refusal } = await untilRefused(() => put(randomUUID()));
    expect([made, codeOf(refusal)]).toEqual([
      49,
      [400, 'BadParameter', 'The limit of 50 custom role definitions is reached'],
    ]);
    expect((await put(kept)).status).toBe(201);
  });

  test.each([
    ['/keys/k1', 10, 10],
    ['/', 50, 47], // three belong to the administrator
  ])('assignments at %s: %i', async (scope, limit, expected) => {
    const prefix = scope === '/' ? '' : scope;
    const { made, refusal } = await untilRefused(() => {
      const body = { properties: { roleDefinitionId: roleId(AUDITOR), principalId: randomUUID() } };
      return calls.call('PUT', `${prefix}/${AUTHORIZATION}/roleAssignments/${randomUUID()}`, body);
    });
    const text = `The limit of ${limit} role assignments at ${scope} is reached`;
    expect([made, codeOf(refusal)]).toEqual([expected, [400, 'BadParameter', text]]);
  });
});
