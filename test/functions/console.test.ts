/** The console's API over loopback HTTP: what each role gets, and what is said when something is not known. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { updateDocument } from '../../src/core/documents/update-document.ts';
import { WardenError } from '../../src/core/errors.ts';
import { AuditPage } from '../../src/features/console/audit-search.ts';
import { Home } from '../../src/features/console/model/home.ts';
import { KeyPage } from '../../src/features/console/model/keys.ts';
import { Inbox, Me, SignInConfig } from '../../src/features/console/model/people.ts';
import { SettingsView } from '../../src/features/console/model/settings.ts';
import { RecoveryPage, RecoveryView } from '../../src/features/recovery/model/asking.ts';
import { RECOVERY_DOCUMENT } from '../../src/features/recovery/model/record.ts';
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

const read = async (person: string, path: string) => (await served.send(person, 'GET', path)).json();

describe('the console’s API', () => {
  it('says to anybody how to sign in, and nothing else', async () => {
    const answer = await served.send(undefined, 'GET', 'console/config');
    expect(SignInConfig.parse(await answer.json())).toMatchObject({
      clientId: 'console',
      protocolMode: 'OIDC',
    });

    for (const path of [
      'me',
      'home',
      'keys',
      'key?hsm=contoso&key=orders',
      'inbox',
      'nights',
      'audit',
      'settings',
    ]) {
      expect(await codeOf(await served.send(undefined, 'GET', `console/${path}`))).toEqual({
        status: 401,
        code: 'token-missing',
      });
    }
  });

  it('says who calls, and what they may do', async () => {
    expect(Me.parse(await read('bob', 'console/me'))).toMatchObject({
      can: { read: true, request: false, approve: true, audit: false },
      groups: expect.arrayContaining(['security']),
    });
  });

  it('cannot tell whether keys are safe that no scan has seen', async () => {
    const home = Home.parse(await read('alice', 'console/home'));

    expect(home).toMatchObject({
      verdict: 'unknown',
      sentence: 'It is not known whether every key is safe.',
    });
    expect(home.hsms.map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(home.nights).toHaveLength(30);
  });

  it('shows what waits, and to whom', async () => {
    const { id } = await opened(served);

    expect(Home.parse(await read('dave', 'console/home')).waiting).toMatchObject({
      count: 1,
      items: [{ id }],
    });
    expect(await read('bob', 'console/inbox')).toMatchObject({
      items: [{ kind: 'approve', id, path: `/requests/${id}` }],
    });
    expect(await read('alice', 'console/inbox')).toMatchObject({ items: [{ kind: 'wait', id }] });
    expect(await read('dave', 'console/inbox')).toEqual({ items: [], unknown: [] });
  });

  it('shows a recovery that failed on the home page, and to those whom it concerns', async () => {
    const { world } = served;
    const { id, digest } = await opened(served);
    for (const who of ['bob', 'carol'])
      await served.send(who, 'POST', `recoveries/${id}/approvals`, { digest });
    world.hsm.faults.fail(
      'recoverKey',
      new WardenError('hsm-forbidden', { message: 'No right to do that.' }),
    );
    await world.deliver(id);

    const { ended } = Home.parse(await read('dave', 'console/home'));
    expect(ended).toMatchObject({
      count: 1,
      items: [{ id, state: 'failed', what: 'It failed: No right to do that.' }],
    });
    const textsOf = async (person: string) =>
      Inbox.parse(await read(person, 'console/inbox')).items.map(({ kind, text }) => [kind, text]);
    expect(await textsOf('alice')).toEqual([
      ['ended', 'Your request to recover orders: It failed: No right to do that.'],
    ]);
    expect(await textsOf('bob')).toEqual([
      ['ended', expect.stringMatching(/^The request of alice.* to recover orders: It failed: /)],
    ]);
    expect(await textsOf('dave')).toEqual([]);
  });

  it('answers home with 304 while nothing but the time has changed', async () => {
    const first = await served.send('alice', 'GET', 'console/home');
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    await served.world.clock.advance(1000);

    expect((await served.send('alice', 'GET', 'console/home', undefined, headers)).status).toBe(304);
    await opened(served);
    await served.world.clock.advance(2000);
    expect((await served.send('alice', 'GET', 'console/home', undefined, headers)).status).toBe(200);
  });

  it('lists no key of an HSM that no scan has seen, and says so', async () => {
    const page = KeyPage.parse(await read('alice', 'console/keys?hsm=contoso'));

    expect(page).toMatchObject({
      items: [],
      total: 0,
      asOf: [{ hsm: 'contoso', stale: true, why: 'No scan has seen this HSM yet.' }],
    });
    expect(await codeOf(await served.send('alice', 'GET', 'console/keys?hsm=nowhere'))).toMatchObject({
      code: 'hsm-unknown',
    });
    expect(await codeOf(await served.send('alice', 'GET', 'console/key?hsm=contoso&key=orders'))).toEqual({
      status: 404,
      code: 'key-not-found',
    });
  });

  it('says so where the requests could not be read, and shows the keys all the same', async () => {
    const error = new WardenError('storage-unavailable', { message: 'planted' });
    served.world.store.faults.fail('list', error, { times: 99 });
    await served.world.clock.advance(10_000);

    const page = KeyPage.parse(await read('alice', 'console/keys'));

    expect(page).toMatchObject({ total: 0, unknown: ['The requests could not be read: planted'] });
    served.world.store.faults.clear();
    await served.world.clock.advance(10_000);
    expect(KeyPage.parse(await read('alice', 'console/keys')).unknown).toEqual([]);
  });

  it('lets auditors alone search the audit log, newest first, a page at a time', async () => {
    await opened(served);
    expect(await codeOf(await served.send('alice', 'GET', 'console/audit'))).toEqual({
      status: 403,
      code: 'role-missing',
    });

    const all = AuditPage.parse(await read('dave', 'console/audit'));
    const seqs = all.items.map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
    const first = AuditPage.parse(await read('dave', 'console/audit?limit=1'));
    const second = AuditPage.parse(await read('dave', `console/audit?limit=1&next=${first.next}`));
    expect([...first.items, ...second.items].map(({ seq }) => seq)).toEqual(seqs.slice(0, 2));
    const found = AuditPage.parse(
      await read('dave', 'console/audit?event=recovery-requested&actor=alice&key=ord'),
    );
    expect(found.items.map(({ event }) => event)).toEqual(['recovery-requested']);
    expect(AuditPage.parse(await read('dave', 'console/audit?search=nobody-says-this')).items).toEqual([]);
  });

  it('knows no run that never was', async () => {
    expect(
      await codeOf(
        await served.send('alice', 'GET', 'console/night?hsm=contoso&runId=20260101T000000Z-nightly'),
      ),
    ).toEqual({ status: 404, code: 'run-unknown' });
  });

  it('shows what is configured, and whether the gate is armed', async () => {
    expect(SettingsView.parse(await read('alice', 'console/settings'))).toMatchObject({
      gate: { armed: true },
      receivers: [],
    });
  });

  it('shows pages while the gate is shut for the audit log’s sake, and none when callers cannot be proven', async () => {
    served.world.proofs.audit = async () => 'a line was changed';
    await served.world.clock.advance(120_000);
    expect(Home.parse(await read('alice', 'console/home')).gate).toMatchObject({ armed: false });
    expect(await codeOf(await served.send('alice', 'GET', 'recoveries'))).toMatchObject({
      code: 'gate-disarmed',
    });

    served.world.proofs.identity = async () => 'a forged token was accepted';
    await served.world.clock.advance(120_000);
    expect(await codeOf(await served.send('alice', 'GET', 'console/home'))).toEqual({
      status: 503,
      code: 'gate-disarmed',
    });
  });
});

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
