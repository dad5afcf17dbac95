/** A request as a person sees it: whether they may decide it, why not, and when it changes. */
import { describe, expect, it } from 'vitest';
import { RecoveryView } from '../../../src/features/recovery/model/asking.ts';
import { codeOf, opened } from '../../support/recovery-answers.ts';
import { readerOf, serveOrders } from '../../support/served-orders.ts';

const served = await serveOrders();
const read = readerOf(served);

describe('a request as a person sees it', () => {
  const seenBy = async (person: string, id: string) =>
    RecoveryView.parse(await read(person, `recoveries/${id}`)).you;

  it('says whether they may approve, and why not', async () => {
    const { id, digest } = await opened(served);

    expect(await seenBy('alice', id)).toMatchObject({
      isRequester: true,
      canApprove: false,
      canCancel: true,
      reason: expect.stringContaining('nobody approves their own request'),
    });
    expect(await seenBy('dave', id)).toMatchObject({
      canApprove: false,
      canReject: false,
      reason: expect.stringContaining('role'),
    });
    expect(await seenBy('bob', id)).toMatchObject({ isRequester: false, canApprove: true, canReject: true });
    await served.send('bob', 'POST', `recoveries/${id}/approvals`, { digest });
    expect(await seenBy('bob', id)).toMatchObject({
      canApprove: false,
      reason: 'You have approved it already.',
    });
    expect(await seenBy('carol', id)).toMatchObject({ canApprove: true });
    await served.send('carol', 'POST', `recoveries/${id}/rejection`, { reason: 'not now', digest });
    expect(await seenBy('carol', id)).toMatchObject({
      canApprove: false,
      canReject: false,
      reason: expect.stringContaining('rejected'),
    });
  });

  it('is not rejected or cancelled by whoever saw something else', async () => {
    const { id } = await opened(served);
    const other = { reason: 'no', digest: '0'.repeat(64) };

    for (const [person, path] of [
      ['bob', 'rejection'],
      ['alice', 'cancellation'],
    ] as const) {
      expect(await codeOf(await served.send(person, 'POST', `recoveries/${id}/${path}`, other))).toEqual({
        status: 409,
        code: 'digest-mismatch',
      });
    }
    expect(RecoveryView.parse(await read('bob', `recoveries/${id}`)).state).toBe('requested');
  });

  it('is listed among the open ones until it ends', async () => {
    const { id } = await opened(served);
    expect(await read('bob', 'recoveries?open=true')).toMatchObject({ items: [{ id }] });
    await served.send('bob', 'POST', `recoveries/${id}/rejection`, { reason: 'no' });

    expect(await read('bob', 'recoveries?open=true')).toEqual({ items: [] });
  });

  it('is answered at once when it has changed, and otherwise after the wait', async () => {
    const { id, digest } = await opened(served);
    const first = await served.send('bob', 'GET', `recoveries/${id}`);
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };

    expect((await served.send('bob', 'GET', `recoveries/${id}?wait=2`, undefined, headers)).status).toBe(304);
    await served.send('bob', 'POST', `recoveries/${id}/approvals`, { digest });
    const changed = await served.send('bob', 'GET', `recoveries/${id}?wait=25`, undefined, headers);
    expect(RecoveryView.parse(await changed.json()).approvals).toHaveLength(1);
  });
});
