/** The HTTP API over loopback: every way to be refused. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

describe('a refused request', () => {
  it.each([
    { name: 'without a token', person: undefined, status: 401, code: 'token-missing' },
    { name: 'without the role to ask', person: 'bob', status: 403, code: 'role-missing' },
  ])('$name is answered $status and audited', async ({ person, status, code }) => {
    const answer = await served.send(person, 'POST', 'recoveries', ASK);

    expect(await codeOf(answer)).toEqual({ status, code });
    expect(served.world.auditStore.lines.at(-1)).toContain(`"code":"${code}"`);
    expect(served.world.requests).toBe(0);
  });

  it.each([
    {
      name: 'approve one’s own',
      person: 'alice',
      path: 'approvals',
      body: {},
      status: 403,
      code: 'role-missing',
    },
    {
      name: 'approve for another digest',
      person: 'bob',
      path: 'approvals',
      body: { digest: '0'.repeat(64) },
      status: 409,
      code: 'digest-mismatch',
    },
    {
      name: 'approve without a digest',
      person: 'bob',
      path: 'approvals',
      body: {},
      status: 400,
      code: 'request-invalid',
    },
    {
      name: 'reject without a reason',
      person: 'bob',
      path: 'rejection',
      body: {},
      status: 400,
      code: 'request-invalid',
    },
    {
      name: 'audit by approving',
      person: 'dave',
      path: 'approvals',
      body: {},
      status: 403,
      code: 'role-missing',
    },
    {
      name: 'cancel by an approver',
      person: 'bob',
      path: 'cancellation',
      body: { reason: 'x' },
      status: 403,
      code: 'role-missing',
    },
  ])('cannot $name', async ({ person, path, body, status, code }) => {
    const { id } = await opened(served);

    const answer = await served.send(person, 'POST', `recoveries/${id}/${path}`, body);

    expect(await codeOf(answer)).toEqual({ status, code });
    expect(served.world.stored(id)).toMatchObject({ state: 'requested', approvals: [] });
  });

  const DEEP = `${'['.repeat(8_000)}${']'.repeat(8_000)}`;
  it.each([
    {
      name: 'an active key',
      body: { ...ASK, key: 'nowhere', action: 'recover' },
      status: 409,
      code: 'nothing-to-recover',
    },
    { name: 'an unknown HSM', body: { ...ASK, hsm: 'nowhere' }, status: 404, code: 'hsm-unknown' },
    {
      name: 'a restore while soft-deleted',
      body: { ...ASK, action: 'restore' },
      status: 409,
      code: 'key-deleted',
    },
    { name: 'an unknown member', body: { ...ASK, approve: true }, status: 400, code: 'request-invalid' },
    {
      name: '__proto__',
      body: `{"hsm":"contoso","key":"orders","reason":"x","__proto__":{"a":1}}`,
      status: 400,
      code: 'request-invalid',
    },
    { name: 'a wrong type', body: { ...ASK, key: 5 }, status: 400, code: 'request-invalid' },
    { name: 'a bad key name', body: { ...ASK, key: '../orders' }, status: 400, code: 'request-invalid' },
    {
      name: 'a control character',
      body: { ...ASK, reason: 'a\u0000b' },
      status: 400,
      code: 'request-invalid',
    },
    { name: 'a line break', body: { ...ASK, reason: 'a\nb' }, status: 400, code: 'request-invalid' },
    {
      name: 'text that runs backwards',
      body: { ...ASK, reason: 'a\u202eb' },
      status: 400,
      code: 'request-invalid',
    },
    {
      name: 'a lone surrogate',
      body: `{"hsm":"contoso","key":"orders","reason":"\\ud800"}`,
      status: 400,
      code: 'request-invalid',
    },
    { name: 'a blank reason', body: { ...ASK, reason: '  ' }, status: 400, code: 'request-invalid' },
    {
      name: 'both a moment and a backup',
      body: { ...ASK, asOf: '2026-01-01T00:00:00Z', backup: 'contoso/orders/x.keybackup' },
      status: 400,
      code: 'request-invalid',
    },
    { name: 'no JSON', body: '{', status: 400, code: 'request-invalid' },
    { name: 'nothing', body: '', status: 400, code: 'request-invalid' },
    { name: 'a list', body: [], status: 400, code: 'request-invalid' },
    { name: 'deep nesting', body: DEEP, status: 400, code: 'request-invalid' },
    {
      name: 'too much',
      body: { ...ASK, reason: 'x'.repeat(17_000) },
      status: 413,
      code: 'request-too-large',
    },
  ])('about $name is answered $status $code, and nothing changes', async ({ body, status, code }) => {
    const answer = await served.send('alice', 'POST', 'recoveries', body);

    expect(await codeOf(answer)).toEqual({ status, code });
    expect(served.world.requests).toBe(0);
  });

  it('of another media type or encoding is answered 415 or 400', async () => {
    const text = await served.send('alice', 'POST', 'recoveries', ASK, { 'content-type': 'text/plain' });
    const token = await served.issuer.token('alice');
    const latin = await fetch(`${served.host.url}/api/recoveries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: Buffer.from([0x7b, 0xff, 0x7d]),
    });

    expect(await codeOf(text)).toEqual({ status: 415, code: 'media-type-unsupported' });
    expect(await codeOf(latin)).toEqual({ status: 400, code: 'request-invalid' });
  });

  it.each([
    { path: 'recoveries/zzz', status: 400, code: 'request-invalid' },
    { path: `recoveries/${'z'.repeat(26)}`, status: 404, code: 'recovery-unknown' },
    { path: 'recoveries?limit=0', status: 400, code: 'request-invalid' },
    { path: 'recoveries?state=done', status: 400, code: 'request-invalid' },
    { path: 'recoveries?state=failed&state=approved', status: 400, code: 'request-invalid' },
    { path: 'keys', status: 400, code: 'request-invalid' },
    { path: 'keys?hsm=nowhere', status: 404, code: 'hsm-unknown' },
    { path: 'keys?hsm=contoso&next=https://evil.test/', status: 400, code: 'request-invalid' },
    { path: 'audit/verdict', status: 403, code: 'role-missing' },
  ])('GET $path is answered $status $code', async ({ path, status, code }) => {
    expect(await codeOf(await served.send('alice', 'GET', path))).toEqual({ status, code });
  });

  it('says nothing of an error that is not ours', async () => {
    served.world.store.faults.fail('list', new Error('secret detail'));

    const answer = await served.send('alice', 'GET', 'recoveries');
    const body = await answer.text();

    expect(answer.status).toBe(500);
    expect(body).toContain('"code":"internal"');
    expect(body).not.toContain('secret detail');
  });
});
