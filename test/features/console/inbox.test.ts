/** What waits for a person, by what they may do and what concerns them. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { inboxOf, readInbox, type Waiting } from '../../../src/features/console/inbox.ts';
import { KnownRequests } from '../../../src/features/console/known-requests.ts';
import { type Caller, ROLES } from '../../../src/features/recovery/access/caller.ts';
import { anApprovedRequest, person, T0 } from '../../support/recovery-builders.ts';

const nobody = () => ({
  isRequester: false,
  canApprove: false,
  canReject: false,
  canCancel: false,
  standsFor: [],
});
const caller = (name: string, ...roles: readonly string[]): Caller => ({
  ...{ kind: 'person', actor: person(name), groups: [], roles },
});
const record = anApprovedRequest();
const outcome = {
  result: 'succeeded' as const,
  step: 'done',
  message: 'done',
  versions: 2,
  verified: 1,
  warnings: [],
};
const UNPROVEN = { ...record, state: 'succeeded' as const, endedAt: T0, outcome };
const FOREIGN = { ...record, state: 'restored-other-key' as const, endedAt: T0 };
const INCIDENT = {
  ...{ id: 'a'.repeat(16), reference: 'HW-AAAA', kind: 'gate', severity: 'critical' as const },
  ...{ what: 'The gate is disarmed.', subjects: 1, since: '2026-11-28T00:00:00.000Z' },
};
const NOTHING: Waiting = { open: [], troubled: [], findings: [], incidents: [], rearming: undefined };
const kinds = (waiting: Partial<Waiting>, who: Caller) =>
  inboxOf({ ...NOTHING, ...waiting }, who, nobody).map(({ kind, text }) => [kind, text]);

describe('the inbox', () => {
  it('says of a key that came back how many versions are verified, to who asked and who approved', () => {
    const text = expect.stringContaining('Brought back; 1 of 2 versions verified');
    for (const name of ['alice', 'bob', 'carol']) {
      expect(kinds({ troubled: [UNPROVEN] }, caller(name))).toEqual([['ended', text]]);
    }
    expect(kinds({ troubled: [UNPROVEN] }, caller('dave', ROLES.approve))).toEqual([]);
  });

  it('says of another key that came back to everybody who may approve', () => {
    expect(kinds({ troubled: [FOREIGN] }, caller('dave', ROLES.approve))).toHaveLength(1);
    expect(kinds({ troubled: [FOREIGN] }, caller('dave', ROLES.audit))).toEqual([]);
  });

  it('has incidents that nobody acknowledged, for those who may', () => {
    const by = { by: 'bob', at: '2026-11-28T01:00:00.000Z', reason: 'known' };
    const incidents = [INCIDENT, { ...INCIDENT, id: 'b'.repeat(16), acknowledged: by }];
    expect(kinds({ incidents }, caller('bob', ROLES.approve))).toEqual([
      ['incident', 'HW-AAAA: The gate is disarmed.'],
    ]);
    expect(kinds({ incidents }, caller('alice', ROLES.request))).toEqual([]);
  });

  it('says what could not be read, and shows the rest', async () => {
    const broken = async () => {
      throw new WardenError('state-corrupt', { message: 'planted' });
    };
    const recovery = {
      ...{ list: async () => ({ items: [UNPROVEN] }), standing: nobody },
      ...{ findings: { list: broken }, incidents: { list: broken }, rearmings: { open: broken } },
    };
    const requests = new KnownRequests({ now: () => T0, sleep: async () => undefined }, 1);
    const { items, unknown } = await readInbox(requests, recovery, caller('alice'));
    expect(items.map(({ kind }) => kind)).toContain('ended');
    expect(unknown).toEqual([
      'Losses that nobody acknowledged could not be read: planted',
      'Incidents could not be read: planted',
      'Whether the gate is to be armed again could not be read: planted',
    ]);
  });
});
