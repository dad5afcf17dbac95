/** Which approvals count when everything is judged again, before anything is executed. */
import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../../src/core/model/names.ts';
import type { RecoveryRecord } from '../../../../src/features/recovery/model/record.ts';
import { isApproved } from '../../../../src/features/recovery/request/state-machine.ts';
import { aRequest, HOUR_MS, person, RULE, T0 } from '../../../support/recovery-builders.ts';

const END = T0 + HOUR_MS;

interface Vote {
  readonly by?: Actor;
  readonly at?: number;
  readonly digest?: string;
  readonly groups?: readonly string[];
}

/** A stored request that says it is approved: by Bob, who counts, and by `second`. */
function stored(second: Vote, change: Parameters<typeof aRequest>[0] = {}): RecoveryRecord {
  const request = aRequest(change);
  const approvals = [{ by: person('bob') }, second].map(({ by = person('carol'), ...vote }: Vote) => ({
    by,
    groups: [...(vote.groups ?? [])],
    digest: vote.digest ?? request.digest,
    at: vote.at ?? T0 + 1,
  }));
  return { ...request, state: 'approved', approvals };
}

describe('the second of two approvals', () => {
  it.each<{ name: string; vote: Vote; counts: boolean }>([
    { name: 'by another person', vote: {}, counts: true },
    { name: 'by the same person', vote: { by: person('bob') }, counts: false },
    { name: 'by the same person in other letters', vote: { by: person('BOB') }, counts: false },
    { name: 'by the requester', vote: { by: person('alice') }, counts: false },
    { name: 'by the requester in other letters', vote: { by: person('Alice') }, counts: false },
    { name: 'by a webhook', vote: { by: { kind: 'webhook', id: 'hook', name: 'hook' } }, counts: false },
    { name: 'by a service', vote: { by: { kind: 'service', id: 'x', name: 'x' } }, counts: false },
    { name: 'of something else', vote: { digest: '0'.repeat(64) }, counts: false },
    { name: 'of before the request', vote: { at: T0 - 1 }, counts: false },
    { name: 'of the moment of the request', vote: { at: T0 }, counts: true },
    { name: 'just before the end', vote: { at: END - 1 }, counts: true },
    { name: 'at the end', vote: { at: END }, counts: false },
    { name: 'after the end', vote: { at: END + 1 }, counts: false },
  ])('$name: counts is $counts', ({ vote, counts }) => {
    expect(isApproved(stored(vote), RULE)).toBe(counts);
  });
});

describe('approvals of two whose ids only capital letters make alike', () => {
  it('are of two people', () => {
    const record = stored({ by: person('strasse') });
    const approvals = record.approvals.map((vote, n) => (n === 0 ? { ...vote, by: person('straße') } : vote));

    expect(isApproved({ ...record, approvals }, RULE)).toBe(true);
  });
});

describe('two good approvals', () => {
  it.each<{ name: string; change: Partial<RecoveryRecord> }>([
    { name: 'another key', change: { operation: { ...aRequest().operation, key: 'payments' } } },
    { name: 'a weaker rule', change: { rule: { approvals: 1, groups: [] } } },
    { name: 'a later end', change: { expiresAt: END + 1 } },
    { name: 'another requester', change: { requester: person('dave') } },
  ])('count for nothing once the stored request says $name', ({ change }) => {
    expect(isApproved({ ...stored({}), ...change }, RULE)).toBe(false);
  });

  it('count for nothing once the digest is another, also where each approval names that one', () => {
    const digest = '0'.repeat(64);
    const record = stored({});
    const approvals = record.approvals.map((vote) => ({ ...vote, digest }));

    expect(isApproved({ ...record, digest, approvals }, RULE)).toBe(false);
  });

  it.each([
    { name: 'the rule of then', former: ['security'], today: [], groups: [], enough: false },
    { name: 'the rule of today', former: [], today: ['security'], groups: [], enough: false },
    { name: 'both', former: ['security'], today: ['security'], groups: ['security'], enough: true },
  ])('must meet $name', ({ former, today, groups, enough }) => {
    const record = stored({ groups }, { rule: { approvals: 2, groups: former } });

    expect(isApproved(record, { approvals: 2, groups: today })).toBe(enough);
  });

  it('are not enough where today’s rule asks for three, nor where the rule of then did', () => {
    const three = { approvals: 3, groups: [] };

    expect(isApproved(stored({}), three)).toBe(false);
    expect(isApproved(stored({}, { rule: three }), RULE)).toBe(false);
  });
});
