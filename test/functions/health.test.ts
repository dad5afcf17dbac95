import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RecoveryHost, startRecoveryHost } from '../support/recovery-host.ts';

let host: RecoveryHost;

beforeAll(async () => {
  host = await startRecoveryHost();
});
afterAll(() => host?.stop());

describe('the health of an app that goes on without an HSM whose settings are wrong', () => {
  it('counts what is wrong for anybody, and says it to people with a role', async () => {
    await host.replace({ settingFaults: ['WARDEN_HSMS: found entry 2; expected one that is valid'] });

    const [anybody, reader] = await Promise.all([
      host.send(undefined, 'GET', 'health'),
      host.send('alice', 'GET', 'health'),
    ]);

    expect([anybody.status, await anybody.json()]).toEqual([
      200,
      { status: 'armed', override: false, faultCount: 1 },
    ]);
    expect(await reader.json()).toMatchObject({
      faultCount: 1,
      faults: ['WARDEN_HSMS: found entry 2; expected one that is valid'],
    });
  });

  it('says nothing of settings that are valid', async () => {
    await host.replace();

    const answer = await host.send(undefined, 'GET', 'health');

    expect(await answer.json()).toEqual({ status: 'armed', override: false });
  });
});
