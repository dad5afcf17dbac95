/** Four eyes end to end: the watch sees a lost key, the topic delivers, a request opens, two people approve, the key is back. */
import { EventGridPublisherClient } from '@azure/eventgrid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tlsPipelineOptions } from '../../src/adapters/http/tls.ts';
import { managedIdentity } from '../../src/adapters/identity/credential.ts';
import type { RecoveryView } from '../../src/features/recovery/model/asking.ts';
import { EVENT_GRID } from '../../src/local/issuer/people.ts';
import { FourEyes, POLL } from '../support/four-eyes.ts';

let world: FourEyes;
beforeAll(async () => {
  world = await FourEyes.start(24);
}, 120_000);
afterAll(() => world?.close());

/** Bob, then Carol; in between the request waits and the key stays away. */
async function approveTwice(asked: RecoveryView): Promise<RecoveryView> {
  const { target, key } = asked.operation;
  const before = await world.stateOf(target, key);
  expect(before).not.toMatch(/^active/);
  expect(await world.approve('bob', asked)).toMatchObject({
    status: 200,
    body: { state: 'requested', missingApprovals: 1, missingGroups: ['key-owner'] },
  });
  expect(await world.stateOf(target, key)).toBe(before);
  expect(await world.approve('carol', asked)).toMatchObject({ status: 200, body: { missingApprovals: 0 } });
  return world.ended(asked.id);
}

/** Verified against the backup, backed up again, sent to the topic, and all of it in a whole audit log. */
async function expectRecovered(
  { id, outcome, operation, digest }: RecoveryView,
  remarks: readonly string[] = [],
): Promise<void> {
  // The key that seals recovery points is not the recovery app's.
  const unsealed = expect.stringContaining('The fresh backup is not sealed');
  expect(outcome).toMatchObject({
    result: 'succeeded',
    warnings: [...remarks.map((words) => expect.stringContaining(words)), unsealed],
  });
  expect(outcome?.verified).toBe(outcome?.versions);
  expect(outcome?.verified).toBeGreaterThan(0);
  const { blob = '' } = { blob: outcome?.freshBackup };
  expect(blob).toMatch(new RegExp(`^${operation.target}/${operation.key}/`));
  expect((await world.local.backups.fetch({ blob })).stored.record.runId).toBe(`recovery-${id}`);
  expect(await world.stateOf(operation.target, operation.key)).toMatch(/^active/);

  const events = ['Requested', 'ApprovalGiven', 'ApprovalGiven', 'Approved', 'Started', 'Succeeded'];
  await vi.waitFor(() => {
    expect(world.reported(id).map(({ type }) => type)).toEqual(
      events.map((event) => `HsmWarden.Recovery${event}`),
    );
  }, POLL);
  // A fact may be noted twice when two processes are at the request at the same time; both lines carry the same id.
  const lines = (await world.audited()).filter(
    (entry) => entry.recoveryId === id && entry.factId !== undefined,
  );
  const facts = new Map(lines.map((entry) => [entry.factId, entry.event]));
  expect([...facts.values()]).toEqual([
    'recovery-requested',
    'recovery-approval-given',
    'recovery-approval-given',
    'recovery-approved',
    'recovery-execution-started',
    'recovery-succeeded',
  ]);
  expect(new Set(lines.map((line) => line.digest))).toEqual(new Set([digest]));
  expect((await world.send('dave', 'GET', 'audit/verdict')).body).toMatchObject({ problems: [] });
}

describe('a key that was lost comes back', () => {
  it('restored, after a purge that the watch has reported', async () => {
    await world.lose('fabrikam', 'disk-encryption-dr', true);

    const asked = await world.requestOf('disk-encryption-dr');
    expect(asked.operation).toMatchObject({ action: 'restore', hsm: 'fabrikam', target: 'fabrikam' });
    await expectRecovered(await approveTwice(asked));
  });

  it('restored as a symmetric key, of which nothing can be seen', async () => {
    await world.lose('fabrikam', 'ledger-hash', true);

    await expectRecovered(await approveTwice(await world.requestOf('ledger-hash')), [
      '1 version(s) have no public key that could be compared',
    ]);
  });

  it('restored into the second HSM, as an event at the topic asks', async () => {
    const { topic, caPem } = world.local.world;
    const publisher = new EventGridPublisherClient(
      topic.url,
      'CloudEvent',
      managedIdentity(),
      tlsPipelineOptions(caPem),
    );
    const data = { hsm: 'fabrikam', target: 'contoso', key: 'firmware-signing', reason: 'fabrikam is lost' };
    await publisher.send([{ source: '/operations', type: 'HsmWarden.RecoveryAsked', data }]);

    const asked = await world.requestOf('firmware-signing');
    expect(asked.operation).toMatchObject({ action: 'restore', hsm: 'fabrikam', target: 'contoso' });
    await expectRecovered(await approveTwice(asked));
    expect(await world.stateOf('fabrikam', 'firmware-signing')).toMatch(/^active/);
  });

  it('recovered, after a deletion that the watch has reported', async () => {
    await world.lose('contoso', 'disk-encryption-prod');
    await vi.waitFor(
      () =>
        expect(world.reported('disk-encryption-prod').map(({ type }) => type)).toContain(
          'HsmWarden.KeyDeleted',
        ),
      POLL,
    );
    expect(await world.requestsFor('disk-encryption-prod')).toEqual([]);
    await world.pass(61 * 60_000);

    const asked = await world.requestOf('disk-encryption-prod');
    expect(asked).toMatchObject({
      state: 'requested',
      approvals: [],
      requester: { kind: 'webhook', id: 'watch', name: `watch, by app ${EVENT_GRID.appId}` },
      operation: { action: 'recover', hsm: 'contoso', target: 'contoso' },
      reason: 'HsmWarden.PurgePending was received',
    });
    await expectRecovered(await approveTwice(asked));
  });
});
