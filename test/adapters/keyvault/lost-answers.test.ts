/** A change of a key whose answer is lost is searched for before anything else: never made twice, never called failed when done. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeyAdministration } from '../../../src/adapters/keyvault/key-administration.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { keyServiceOn, tokenCredential } from '../../support/emulator-world.ts';
import { failureOf } from '../../support/errors.ts';

const MOMENTS = [
  '2038-01-19T03:14:07.000Z',
  '2038-01-19T03:14:08.000Z',
  '2106-02-07T06:28:16.000Z',
  '2199-12-31T23:59:59.000Z',
];

let emulator: Emulator;
let admin: KeyAdministration;
beforeAll(async () => {
  emulator = await startEmulator({ name: 'contoso', retentionDays: 7, limits: 'off' });
  admin = new KeyAdministration({
    hsm: 'contoso',
    url: emulator.url,
    credential: tokenCredential(emulator.token),
    clock: systemClock,
    caPem: emulator.caPem,
    disableChallengeResourceVerification: true,
    signal: new AbortController().signal,
    attempts: { attempts: 3, firstDelayMs: 1, maxDelayMs: 1 },
  });
});
beforeEach(() => emulator.faults.clear());
afterAll(() => emulator.close());

/** Plants one lost answer, or the loss of the request. */
function lose(operation: string, when: 'before' | 'after' = 'after'): void {
  emulator.faults.add({ operation, fault: { type: 'reset', when }, count: 1, probability: 1, seed: 1 });
}

async function versions(name: string): Promise<number> {
  return (await admin.listVersions(name)).items.length;
}

const EC = { curve: 'P-256' };

describe('the answer is lost after', () => {
  it.each([
    ['the first version', 'fresh', 0],
    ['a further version', 'again', 1],
  ])('a creation of %s: it is one version, and the answer is that version', async (_which, name, before) => {
    for (let made = 0; made < before; made += 1) await admin.create(name, 'EC-HSM', EC);
    lose('createKey');

    const key = await admin.create(name, 'EC-HSM', EC);

    expect(await versions(name)).toBe(before + 1);
    expect((await admin.show(name)).key.kid).toBe(key.key.kid);
  });

  it('a deletion: it is done', async () => {
    await admin.create('leaving', 'EC-HSM', EC);
    lose('deleteKey');

    expect((await admin.delete('leaving')).deletedDate).toEqual(expect.any(Number));
  });

  it('a purge: it is done', async () => {
    await admin.create('ending', 'EC-HSM', EC);
    await admin.delete('ending');
    lose('purgeDeletedKey');

    await admin.purge('ending');

    expect((await failureOf(admin.showDeleted('ending'))).code).toBe('key-not-found');
  });

  it('a recovery: it is done, and says so in the one attempt that the port makes', async () => {
    await admin.create('returning', 'EC-HSM', EC);
    await admin.delete('returning');
    lose('recoverDeletedKey');

    expect((await keyServiceOn(emulator).recoverKey('returning')).name).toBe('returning');
  });
});

describe('the request is lost before', () => {
  it('a creation: nothing was made, and nothing is made unasked', async () => {
    lose('createKey', 'before');

    const error = await failureOf(admin.create('never', 'EC-HSM', EC));

    expect(error).toMatchObject({ code: 'hsm-unreachable', key: 'never' });
    expect(await versions('never')).toBe(0);
  });

  it('a deletion: it is sent again', async () => {
    await admin.create('late', 'EC-HSM', EC);
    lose('deleteKey', 'before');

    await admin.delete('late');

    expect((await admin.showDeleted('late')).key.kid).toContain('/keys/late/');
  });

  it('a purge: it is sent again', async () => {
    await admin.create('later', 'EC-HSM', EC);
    await admin.delete('later');
    lose('purgeDeletedKey', 'before');

    await admin.purge('later');

    expect((await failureOf(admin.showDeleted('later'))).code).toBe('key-not-found');
  });
});

describe('a refusal that is none of a lost answer', () => {
  it.each([429, 503])('is waited for: a creation answered %d is one version', async (status) => {
    const fault =
      status === 429 ? { type: 'throttled' as const } : { type: 'error' as const, status: 503 as const };
    emulator.faults.add({ operation: 'createKey', fault, count: 1, probability: 1, seed: 1 });

    await admin.create(`answered-${status}`, 'EC-HSM', EC);

    expect(await versions(`answered-${status}`)).toBe(1);
  });

  it('stays: a key that is not there cannot be deleted', async () => {
    expect((await failureOf(admin.delete('absent'))).code).toBe('key-not-found');
  });

  it('stays: a key that was deleted before is not there either', async () => {
    await admin.create('gone', 'EC-HSM', EC);
    await admin.delete('gone');

    expect((await failureOf(admin.delete('gone'))).code).toBe('key-not-found');
  });
});

describe('the moments of a new key', () => {
  it.each(MOMENTS)('go to the HSM whole: %s', async (text) => {
    const moment = new Date(text);
    const name = `moment-${moment.getTime()}`;

    const key = await admin.create(name, 'EC-HSM', { ...EC, notBefore: moment, expiresOn: moment });

    expect(key.attributes.exp).toBe(moment.getTime() / 1000);
    expect((await admin.show(name)).attributes.nbf).toBe(moment.getTime() / 1000);
  });
});
