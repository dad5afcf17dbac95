import { describe, expect, it } from 'vitest';
import { EVERY_KEY } from '../../../src/core/model/selection.ts';
import { LONGEST_RUN_MS, planKey, SETTLING_MS } from '../../../src/features/recovery-points/plan.ts';
import { CREATED, catalogueEntry, listedKey } from '../../support/listed-key.ts';

const DAY_MS = 86_400_000;
const CAPTURED = CREATED + 60_000;
const policy = { selection: EVERY_KEY, refreshMs: 7 * DAY_MS, nextRunAt: CAPTURED + DAY_MS };

describe('the plan for a key', () => {
  it('backs up a key without a backup', () => {
    expect(planKey(listedKey(), undefined, policy)).toEqual({ action: 'back-up', reason: 'new' });
  });

  it('leaves an unchanged key alone', () => {
    expect(planKey(listedKey(), catalogueEntry().record, policy)).toEqual({ action: 'unchanged' });
  });

  it.each([
    ['updated a second later', { updatedAt: CREATED + 1000 }],
    ['updated a second earlier (another key under the old name)', { updatedAt: CREATED - 1000 }],
    ['created again', { createdAt: CREATED + 1000 }],
  ])('backs up a key %s', (_case, change) => {
    expect(planKey(listedKey(change), catalogueEntry().record, policy)).toEqual({
      action: 'back-up',
      reason: 'changed',
    });
  });

  it.each([
    ['at the moment of the change', 0, 'back-up'],
    ['just before it is old enough', SETTLING_MS - 1, 'back-up'],
    ['when it is old enough', SETTLING_MS, 'unchanged'],
    ['with a clock a millisecond behind that of the HSM', -1, 'back-up'],
    ['with a clock minutes behind that of the HSM', -300_000, 'back-up'],
  ])('of a backup taken %s is to %s it', (_case, age, action) => {
    const known = catalogueEntry({ capturedAt: CREATED + age }).record;
    expect(planKey(listedKey(), known, policy).action).toBe(action);
  });

  it.each([
    [
      'would just not be too old at the end of the next run',
      CAPTURED + 7 * DAY_MS - LONGEST_RUN_MS,
      'unchanged',
    ],
    ['would be too old by a millisecond at that end', CAPTURED + 7 * DAY_MS - LONGEST_RUN_MS + 1, 'back-up'],
  ])('of a backup that %s is %s', (_case, nextRunAt, action) => {
    const known = catalogueEntry({ capturedAt: CAPTURED }).record;
    expect(planKey(listedKey(), known, { ...policy, nextRunAt }).action).toBe(action);
  });

  it.each([
    ['at the next run', 0, 'unchanged'],
    ['after the next run, by a clock that was ahead', 1, 'back-up'],
  ])('of a backup dated %s is to leave it or renew it', (_case, ahead, action) => {
    const known = catalogueEntry({ capturedAt: policy.nextRunAt + ahead }).record;
    const plan = planKey(listedKey(), known, policy);

    expect(plan).toEqual(action === 'unchanged' ? { action } : { action, reason: 'refresh-due' });
  });

  it('says why a key is backed up again, or left out', () => {
    const settling = catalogueEntry({ capturedAt: CREATED }).record;
    const old = catalogueEntry({ capturedAt: CAPTURED }).record;
    const later = { ...policy, nextRunAt: CAPTURED + 7 * DAY_MS };
    const managed = listedKey({ managed: true });

    expect(planKey(listedKey(), settling, policy)).toEqual({ action: 'back-up', reason: 'settling' });
    expect(planKey(listedKey(), old, later)).toEqual({ action: 'back-up', reason: 'refresh-due' });
    expect(planKey(managed, old, policy)).toEqual({
      action: 'skip',
      reason: 'managed by another Azure service',
    });
  });

  it('skips a key that the selection leaves out, even a new one', () => {
    const selection = { ...EVERY_KEY, exclude: ['*'] };
    expect(planKey(listedKey(), undefined, { ...policy, selection }).action).toBe('skip');
  });
});
