// Rotation policies: what is taken, what takes one away, and when it is due.
import { describe, expect, test } from 'vitest';
import { createKey } from '../../../src/emulator/operations/create-key.ts';
import { rotateKey } from '../../../src/emulator/operations/rotate-key.ts';
import { rotationDue } from '../../../src/emulator/operations/rotation-due.ts';
import { getRotationPolicy, setRotationPolicy } from '../../../src/emulator/operations/rotation-policy.ts';
import type { KeyRecord } from '../../../src/emulator/state/model.ts';
import { keyRecord } from '../support/keys.ts';
import { NOW, workbench } from '../support/operations.ts';

const DAY = 86_400;
const ZEROS = { attributes: { created: 0, expiryTime: '', updated: 0 }, id: '' };

function policy(trigger: object, expiryTime = 'P90D') {
  return { attributes: { expiryTime }, lifetimeActions: [{ action: { type: 'Rotate' }, trigger }] };
}

async function withKey(kty = 'EC') {
  const bench = workbench();
  await bench.perform(createKey, { name: 'k' }, { kty });
  return bench;
}

test.each([
  { lifetimeActions: [], attributes: {} },
  {},
  { attributes: { expiryTime: null }, lifetimeActions: null },
])('the blank policy %o takes the policy away, and with it rotation on demand', async (blank) => {
  const { perform, state } = await withKey();
  await perform(setRotationPolicy, { name: 'k' }, policy({ timeAfterCreate: 'P30D' }));
  expect((await perform(setRotationPolicy, { name: 'k' }, blank)).body).toEqual(ZEROS);
  expect((await perform(getRotationPolicy, { name: 'k' })).body).toEqual(ZEROS);
  await expect(perform(rotateKey, { name: 'k' })).rejects.toMatchObject({ status: 400 });
  expect(state.key('k')?.versions).toHaveLength(1);
});

describe('a version may be wanted no more often than every 28 days', () => {
  test.each([
    [{ timeAfterCreate: 'P28D' }, 'P90D', true],
    [{ timeAfterCreate: 'P27D' }, 'P90D', false],
    [{ timeBeforeExpiry: 'P28D' }, 'P56D', true],
    [{ timeBeforeExpiry: 'P29D' }, 'P56D', false],
    [{ timeBeforeExpiry: 'P62D' }, 'P90D', true],
    [{ timeBeforeExpiry: 'P63D' }, 'P90D', false],
    [{ timeBeforeExpiry: 'P28D', timeAfterCreate: null }, 'P1Y', true],
  ])('%o with expiry %s: allowed %s', async (trigger, expiryTime, allowed) => {
    const { perform } = await withKey();
    const set = perform(setRotationPolicy, { name: 'k' }, policy(trigger, expiryTime));
    if (allowed) await expect(set).resolves.toMatchObject({ status: 200 });
    else await expect(set).rejects.toMatchObject({ status: 400, code: 'BadParameter' });
  });
});

test('an update keeps when the policy was created', async () => {
  const { perform, clock } = await withKey();
  await perform(setRotationPolicy, { name: 'k' }, policy({ timeAfterCreate: 'P30D' }));
  clock.now += 60;
  await perform(setRotationPolicy, { name: 'k' }, policy({ timeAfterCreate: 'P60D' }));
  const { body } = await perform(getRotationPolicy, { name: 'k' });
  expect(body).toMatchObject({ attributes: { created: NOW, updated: NOW + 60, expiryTime: 'P90D' } });
});

describe('rotation is due', () => {
  function due(
    version: Partial<KeyRecord['versions'][number]>,
    trigger: object,
    key: Partial<KeyRecord> = {},
  ) {
    const base = keyRecord();
    const versions = base.versions.map((one) => ({ ...one, created: NOW, ...version }));
    const rotationPolicy = { created: NOW, updated: NOW, expiryTime: '', ...policy(trigger) };
    return rotationDue({ ...base, versions, rotationPolicy, ...key });
  }

  test.each([
    ['so long after the creation', {}, { timeAfterCreate: 'P30D' }, NOW + 30 * DAY],
    ['so long before the expiry', { exp: NOW + 90 * DAY }, { timeBeforeExpiry: 'P30D' }, NOW + 60 * DAY],
    ['never before an expiry that the key has not', {}, { timeBeforeExpiry: 'P30D' }, undefined],
    [
      'at the earlier of both',
      { exp: NOW + 90 * DAY },
      { timeBeforeExpiry: 'P30D', timeAfterCreate: 'P70D' },
      NOW + 60 * DAY,
    ],
    ['never for a disabled key', { enabled: false }, { timeAfterCreate: 'P30D' }, undefined],
    ['never without a trigger', {}, {}, undefined],
  ])('%s', (_, version, trigger, expected) => {
    expect(due(version, trigger)).toBe(expected);
  });

  test('never for a deleted key, nor for one without a policy', () => {
    const deletion = { deletedDate: NOW, scheduledPurgeDate: NOW + 7 * DAY };
    expect(due({}, { timeAfterCreate: 'P30D' }, { deletion })).toBeUndefined();
    expect(rotationDue(keyRecord())).toBeUndefined();
  });
});
