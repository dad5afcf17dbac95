/** How fresh and strong a sign-in must be for a decision. */
import { describe, expect, it } from 'vitest';
import { updateDocument } from '../../../src/core/documents/update-document.ts';
import { AuditPage } from '../../../src/features/console/audit-search.ts';
import { RecoveryView } from '../../../src/features/recovery/model/asking.ts';
import { RECOVERY_DOCUMENT } from '../../../src/features/recovery/model/record.ts';
import { ASK, codeOf, opened } from '../../support/recovery-answers.ts';
import { readerOf, serveOrders } from '../../support/served-orders.ts';

const served = await serveOrders();
const read = readerOf(served);

describe('a decision', () => {
  const approve = async (id: string, digest: string, claims: Record<string, unknown>) => {
    const token = await served.issuer.token('bob', claims);
    return fetch(`${served.host.url}/api/recoveries/${id}/approvals`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ digest }),
    });
  };
  const seconds = () => Math.floor(served.world.clock.now() / 1000);

  it.each([
    ['just fresh enough', () => ({ auth_time: seconds() - 900 }), 200, undefined],
    ['a second too old', () => ({ auth_time: seconds() - 901 }), 401, 'sign-in-stale'],
    ['of the future', () => ({ auth_time: seconds() + 3600 }), 401, 'sign-in-stale'],
    ['at a time that the token does not say', () => ({ auth_time: undefined }), 401, 'sign-in-unproven'],
  ] as const)('needs a fresh sign-in: one %s', async (_, claims, status, code) => {
    const { id, digest } = await opened(served);
    const answer = await approve(id, digest, claims());

    expect(answer.status).toBe(status);
    if (code === undefined) return;
    expect(await answer.clone().json()).toMatchObject({ code });
    expect(RecoveryView.parse(await read('bob', `recoveries/${id}`)).approvals).toEqual([]);
    if (code === 'sign-in-stale')
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer error="insufficient_user_authentication", max_age="900"',
      );
  });

  it('needs the authentication context that the settings name, and says how to get it', async () => {
    const world = await served.replace({ signIn: { contexts: { approve: 'c1' }, approvalMs: 900_000 } });
    world.hsm.deleteKey('orders');
    const { id, digest } = await opened(served);

    const refused = await approve(id, digest, {});
    const header = refused.headers.get('www-authenticate') ?? '';
    expect([refused.status, header.startsWith('Bearer error="insufficient_claims", claims="')]).toEqual([
      401,
      true,
    ]);
    const claims = JSON.parse(Buffer.from(/claims="([^"]+)"/.exec(header)?.[1] ?? '', 'base64').toString());
    expect(claims).toEqual({ access_token: { acrs: { essential: true, value: 'c1' } } });
    expect((await approve(id, digest, { acrs: ['c2'] })).status).toBe(401);
    expect((await approve(id, digest, { acrs: ['c2', 'c1'], auth_time: seconds() - 1000 })).status).toBe(401);
    expect((await approve(id, digest, { acrs: ['c2', 'c1'] })).status).toBe(200);
  });

  it.each([
    ['adopt', { approve: 'c1', adopt: 'c2' }, 'c1', 'c2'],
    ['restore', { approve: 'c1', adopt: 'c2' }, 'c2', 'c1'],
    ['adopt', { approve: 'c1' }, 'c2', 'c1'],
  ] as const)('on %s needs, of %j, not %s but %s', async (action, contexts, wrong, right) => {
    const world = await served.replace({ signIn: { contexts, approvalMs: 900_000 } });
    world.hsm.deleteKey('orders');
    const { id, digest } = await opened(served);
    await updateDocument(world.store, RECOVERY_DOCUMENT, { kind: 'recovery', id }, (record) => {
      if (record === undefined) throw new Error('expected the request');
      return { ...record, operation: { ...record.operation, action } };
    });
    expect(RecoveryView.parse(await read('bob', `recoveries/${id}`)).you?.stepUp).toBe(right);

    const weak = await codeOf(await approve(id, digest, { acrs: [wrong] }));
    expect(weak).toEqual({ status: 401, code: 'step-up-required' });
    const stale = { acrs: [right], auth_time: seconds() - 901 };
    expect((await codeOf(await approve(id, digest, stale))).code).toBe('sign-in-stale');
    expect((await approve(id, digest, { acrs: [right] })).status).toBe(200);
  });

  it('says both when the sign-in is neither strong nor fresh', async () => {
    const world = await served.replace({ signIn: { contexts: { approve: 'c1' }, approvalMs: 900_000 } });
    world.hsm.deleteKey('orders');
    const { id, digest } = await opened(served);
    const refused = await approve(id, digest, { auth_time: seconds() - 1000 });

    expect(refused.headers.get('www-authenticate')).toMatch(
      /error="insufficient_claims", claims="[^"]+", max_age="900"$/,
    );
  });

  it('leaves in the audit log how fresh and strong the sign-in was', async () => {
    const { id, digest } = await opened(served);
    await approve(id, digest, { auth_time: seconds() - 180, acrs: 'c3' });

    const { items } = AuditPage.parse(await read('dave', 'console/audit?event=approval-given'));
    expect(items[0]?.detail).toMatch(/^signed in .+Z \(3 min before\), c3$/);
  });

  it('asks no fresh sign-in of whoever asks, rejects or cancels', async () => {
    const old = await served.issuer.token('alice', { auth_time: seconds() - 86_400 });
    const answer = await fetch(`${served.host.url}/api/recoveries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${old}`, 'content-type': 'application/json' },
      body: JSON.stringify(ASK),
    });

    expect(answer.status).toBe(202);
  });
});
