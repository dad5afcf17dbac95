/** What `deploy check` knows of an Azure that is made up. */
import { afterAll, beforeAll } from 'vitest';
import { ResourceManager } from '../../../../src/adapters/arm/resource-manager.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import type { Survey } from '../../../../src/cli/deploy/survey.ts';
import { readTarget } from '../../../../src/cli/deploy/target.ts';
import { type ArmTable, type FakeArm, startFakeArm, TOKEN } from './fake-arm.ts';
import { ENVIRONMENT, READY } from './ready-subscription.ts';

/** Starts that Azure before the tests of a file, and returns what makes a survey of a ready subscription with changes. */
export function surveys(): (changes: ArmTable, existing?: readonly string[]) => Promise<Survey> {
  let arm: FakeArm;
  beforeAll(async () => {
    arm = await startFakeArm();
  });
  afterAll(() => arm.close());
  return async (changes, existing = ['rg-warden', 'rg-warden-backups']) => {
    arm.table = { ...READY, ...changes };
    const credential = { getToken: async () => ({ token: TOKEN, expiresOnTimestamp: 4_102_444_800_000 }) };
    return {
      arm: new ResourceManager({
        url: arm.url,
        caPem: arm.caPem,
        credential,
        clock: systemClock,
        retries: 0,
        signal: AbortSignal.timeout(60_000),
      }),
      target: await readTarget({}, ENVIRONMENT),
      region: 'westeurope',
      existing: new Map(existing.map((name) => [name, []])),
      subscriptionRights: undefined,
    };
  };
}
