/** The HTTP API over loopback: the whole path of a recovery. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RecoveryPage, RecoveryView } from '../../src/features/recovery/model/asking.ts';
import { RECOVERIES } from '../../src/features/recovery/model/message.ts';
import { ASK, codeOf, opened } from '../support/recovery-answers.ts';
import { type RecoveryHost, startRecoveryHost } from '../support/recovery-host.ts';

let served: RecoveryHost;
beforeAll(async () => {
  served = await startRecoveryHost();
});
afterAll(() => served.stop());
beforeEach(async () => {
  const world = await served.replace();
  world.hsm.deleteKey('orders');
});

describe('a recovery over HTTP', () => {
  it('is asked for, approved by two people, and executed', async () => {
    const asked = await served.send('alice', 'POST', 'recoveries', ASK);
    const view = RecoveryView.parse(await asked.json());
    expect([asked.status, asked.headers.get('location')]).toEqual([202, `/api/recoveries/${view.id}`]);

    const first = await served.send('bob', 'POST', `recoveries/${view.id}/approvals`, {
      digest: view.digest,
    });
    const second = await served.send('carol', 'POST', `recoveries/${view.id}/approvals`, {
      digest: view.digest,
    });
    expect(RecoveryView.parse(await first.json())).toMatchObject({ state: 'requested', missingApprovals: 1 });
    expect(RecoveryView.parse(await second.json())).toMatchObject({ state: 'approved', missingApprovals: 0 });

    const { world, host } = served;
    await host.deliver('recoveryWorker', JSON.stringify(world.queue.take(RECOVERIES)));
    const ended = await served.send('dave', 'GET', `recoveries/${view.id}`);
    expect(RecoveryView.parse(await ended.json())).toMatchObject({
      state: 'succeeded',
      outcome: { verified: 2 },
    });
    expect(world.hsm.active.has('orders')).toBe(true);
    const verdict = await served.send('dave', 'GET', 'audit/verdict');
    expect(await verdict.json()).toMatchObject({ problems: [] });
  });

  it('is the same request for the same Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'ticket-4711' };
    const [a, b] = await Promise.all(
      [1, 2].map(() => served.send('alice', 'POST', 'recoveries', ASK, headers)),
    );
    const other = await served.send('alice', 'POST', 'recoveries', { ...ASK, reason: 'another' }, headers);

    expect(await a?.json()).toEqual(await b?.json());
    expect(await codeOf(other)).toEqual({ status: 422, code: 'idempotency-conflict' });
  });

  it('answers conditional requests by ETag', async () => {
    const { id, digest } = await opened(served);
    const first = await served.send('bob', 'GET', `recoveries/${id}`);
    const etag = first.headers.get('etag') ?? '';

    const same = await served.send('bob', 'GET', `recoveries/${id}`, undefined, { 'if-none-match': etag });
    await served.send('bob', 'POST', `recoveries/${id}/approvals`, { digest }, { 'if-match': etag });
    const stale = await served.send(
      'carol',
      'POST',
      `recoveries/${id}/approvals`,
      { digest },
      { 'if-match': etag },
    );

    expect(same.status).toBe(304);
    expect(await codeOf(stale)).toEqual({ status: 412, code: 'precondition-failed' });
  });

  it.each([
    { name: 'any version', header: '*', status: 200 },
    { name: 'one of several', header: (etag: string) => `"0", ${etag}`, status: 200 },
    { name: 'none of several', header: '"0", "00"', status: 412 },
    { name: 'the same only weakly', header: (etag: string) => `W/${etag}`, status: 412 },
  ])('decides under If-Match for $name: $status', async ({ header, status }) => {
    const { id, digest } = await opened(served);
    const etag = (await served.send('bob', 'GET', `recoveries/${id}`)).headers.get('etag') ?? '';
    const given = typeof header === 'string' ? header : header(etag);
    const answer = await served.send(
      'bob',
      'POST',
      `recoveries/${id}/approvals`,
      { digest },
      { 'if-match': given },
    );

    expect(answer.status).toBe(status);
  });

  it.each(['*', 'several', 'weak'])('answers 304 to If-None-Match: %s', async (name) => {
    const { id } = await opened(served);
    const etag = (await served.send('bob', 'GET', `recoveries/${id}`)).headers.get('etag') ?? '';
    const given = { '*': '*', several: `"0", ${etag}`, weak: `W/${etag}` }[name] ?? '';
    const answer = await served.send('bob', 'GET', `recoveries/${id}`, undefined, { 'if-none-match': given });

    expect(answer.status).toBe(304);
  });

  it('lists the sound requests though one cannot be read, and says so in the log', async () => {
    const { id } = await opened(served);
    await served.world.store.write({ kind: 'recovery', id: 'z'.repeat(26) }, 'rotten', 'absent');
    const answer = await served.send('dave', 'GET', 'recoveries');

    expect(RecoveryPage.parse(await answer.json()).items.map((item) => item.id)).toEqual([id]);
    expect(served.world.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('lists requests, keys, soft-deleted keys and backups', async () => {
    await opened(served);
    served.world.hsm.createKey('payroll');
    const paths = [
      'recoveries?state=requested&limit=1',
      'keys?hsm=contoso',
      'deleted-keys?hsm=contoso',
      'backups?hsm=contoso&key=orders',
    ];

    const answers = await Promise.all(paths.map((path) => served.send('dave', 'GET', path)));
    const [recoveries, keys, deleted, backups] = await Promise.all(answers.map((answer) => answer.json()));

    expect(RecoveryPage.parse(recoveries).items).toHaveLength(1);
    expect(keys).toMatchObject({ items: [{ key: 'payroll', enabled: true }] });
    expect(deleted).toMatchObject({ items: [{ key: 'orders', scheduledPurgeAt: expect.any(String) }] });
    expect(backups).toMatchObject({ items: [{ versions: 2 }] });
  });
});
