// Ninety days pass: retention ends, keys purge themselves, backups bring them back, tokens expire.
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { ADMINISTRATOR_ID, type EmulatorOptions } from '../../src/emulator/options.ts';
import { type Emulator, startEmulator } from '../../src/emulator/start-emulator.ts';
import { API, keyClient, raw } from './support/emulator.ts';

const DAY_MS = 86_400_000;
const running: Emulator[] = [];

afterEach(async () => {
  for (const emulator of running.splice(0)) await emulator.close();
});

async function start(options: EmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator(options);
  running.push(emulator);
  return emulator;
}

async function clientNow(emulator: Emulator) {
  return keyClient(emulator, await emulator.issueToken({ objectId: ADMINISTRATOR_ID }));
}

test.each([
  ['with purge protection', true],
  ['without purge protection', false],
])(
  '%s a deleted key is there for ninety days and gone after them; its backup restores it',
  async (_, purgeProtection) => {
    const emulator = await start({ retentionDays: 90, purgeProtection });
    const before = await clientNow(emulator);
    const key = await before.createEcKey('guarded');
    const backup = await before.backupKey('guarded');
    await before.beginDeleteKey('guarded');

    await emulator.advanceClock(90 * DAY_MS - 60_000);
    expect((await (await clientNow(emulator)).getDeletedKey('guarded')).id).toBe(key.id);

    await emulator.advanceClock(60_000);
    const after = await clientNow(emulator);
    await expect(after.getDeletedKey('guarded')).rejects.toMatchObject({ code: 'KeyNotFound' });
    await expect(after.beginRecoverDeletedKey('guarded')).rejects.toMatchObject({ code: 'KeyNotFound' });
    expect((await after.restoreKeyBackup(backup ?? new Uint8Array())).id).toBe(key.id);
  },
);

test('the clock is moved through the control endpoint, and tokens expire with it', async () => {
  const emulator = await start({ retentionDays: 7 });
  const moved = await raw(emulator, 'POST', '/_emulator/clock', { token: null, body: { advanceDays: 2 } });
  const { nowMs } = z.object({ nowMs: z.number() }).parse(moved.json);
  expect(Math.round((nowMs - Date.now()) / DAY_MS)).toBe(2);
  expect(await raw(emulator, 'GET', `/keys?${API}`)).toMatchObject({ status: 401 });
  const issued = await raw(emulator, 'POST', '/_emulator/tokens', {
    token: null,
    body: { objectId: ADMINISTRATOR_ID },
  });
  const { token } = z.object({ token: z.string() }).parse(issued.json);
  expect(await raw(emulator, 'GET', `/keys?${API}`, { token })).toMatchObject({ status: 200 });
});

test.each([
  ['POST', '/_emulator/clock', { advanceDays: -1 }, 400],
  ['POST', '/_emulator/clock', { days: 1 }, 400],
  ['POST', '/_emulator/clock', '{"advanceDays"', 400],
  ['GET', '/_emulator/nothing', undefined, 404],
])('%s %s %o is refused', async (method, path, body, status) => {
  const emulator = await start({});
  expect(await raw(emulator, method, path, { token: null, body })).toMatchObject({ status });
  expect(Math.abs(emulator.now() - Date.now())).toBeLessThan(60_000);
});
