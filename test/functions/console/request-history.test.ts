/** What happened to a request, as the console reads it, and what a decision that comes too late is answered. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { RecoveryPage, RecoveryView } from '../../../src/features/recovery/model/asking.ts';
import { opened } from '../../support/recovery-answers.ts';
import { readerOf, serveOrders } from '../../support/served-orders.ts';

const served = await serveOrders();
const read = readerOf(served);

describe('what happened to a request', () => {
  const seenBy = async (person: string, id: string) =>
    RecoveryView.parse(await read(person, `recoveries/${id}`));

  it('is read from the audit log, oldest first; how people signed in only to auditors', async () => {
    const { id, digest } = await opened(served);
    await served.send('bob', 'POST', `recoveries/${id}/approvals`, { digest });
    await served.send('carol', 'POST', `recoveries/${id}/approvals`, { digest: 'f'.repeat(64) });
    await served.send('carol', 'POST', `recoveries/${id}/rejection`, { reason: 'not now', digest });

    const { history = [] } = await seenBy('dave', id);

    expect(history).toMatchObject([
      { event: 'requested', by: expect.stringContaining('alice') },
      {
        event: 'approval-given',
        by: expect.stringContaining('bob'),
        signIn: expect.stringContaining('signed in'),
      },
      { event: 'rejected', by: expect.stringContaining('carol'), detail: 'not now' },
    ]);
    expect((await seenBy('alice', id)).history?.map(({ signIn }) => signIn)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const { items } = RecoveryPage.parse(await read('alice', 'recoveries'));
    expect(items.map(({ history: none }) => none)).toEqual([undefined]);
  });

  it.each([
    ['this deletion', 0, true],
    ['another deletion', 3_600_000, false],
  ])('comes with the time of the purge where the watch knows it (%s)', async (_, shiftMs, isKnown) => {
    const { world } = served;
    const { id } = await opened(served);
    const { operation } = await seenBy('alice', id);
    const deletedAt = Date.parse(operation.deletedAt ?? '') + shiftMs;
    const scheduledPurgeAt = deletedAt + 90 * 86_400_000;
    const known = { state: 'deleted', createdAt: 0, deletedAt, scheduledPurgeAt, told: [], uses: [] };
    const nothing = { purges: {}, conditions: {}, outbox: [], refused: [], pins: [] };
    const memory = { format: 1, hsm: 'contoso', keys: { orders: known }, ...nothing };
    await world.store.write({ kind: 'watch', hsm: 'contoso' }, JSON.stringify(memory), 'absent');

    const { purgeAt } = await seenBy('alice', id);

    expect(purgeAt).toBe(isKnown ? new Date(scheduledPurgeAt).toISOString() : undefined);
  });

  it('is there, too, while the memory of the watch cannot be read', async () => {
    const { id } = await opened(served);
    const error = new WardenError('storage-unavailable', { message: 'planted' });
    served.world.store.faults.fail('read', error, { subject: 'watch/contoso' });

    expect(await seenBy('alice', id)).toMatchObject({ id, history: [{ event: 'requested' }] });
  });
});

describe('a decision that comes too late', () => {
  const refused = async (person: string, path: string, body: object) =>
    (await served.send(person, 'POST', `recoveries/${path}`, body)).json();

  it('is refused with what happened since the request was made', async () => {
    const { id, digest } = await opened(served);
    await served.send('bob', 'POST', `recoveries/${id}/approvals`, { digest });

    expect(await refused('bob', `${id}/approvals`, { digest })).toMatchObject({
      code: 'approved-already',
      changes: [expect.stringMatching(/^bob.* approved it\.$/)],
    });
    const other = 'f'.repeat(64);
    expect(await refused('carol', `${id}/approvals`, { digest: other })).toMatchObject({
      code: 'digest-mismatch',
      changes: [
        'What will be done is not what was shown: read it again.',
        expect.stringMatching(/^bob.* approved it\.$/),
      ],
    });
    await served.send('carol', 'POST', `recoveries/${id}/rejection`, { reason: 'not now.', digest });
    expect(await refused('alice', `${id}/cancellation`, { reason: 'no', digest })).toMatchObject({
      code: 'recovery-not-open',
      changes: [expect.stringContaining('bob'), expect.stringMatching(/^carol.* rejected it: not now\.$/)],
    });
  });

  it('is explained to nobody who may not decide', async () => {
    const { id, digest } = await opened(served);

    expect(await refused('alice', `${id}/approvals`, { digest })).not.toHaveProperty('changes');
  });
});
