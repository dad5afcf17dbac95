/** The HTTP API over loopback: the whole path of a recovery, and every way to be refused. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openApiDocument } from '../../functions/openapi.ts';
import { RecoveryPage, RecoveryView } from '../../src/engine/recovery/asking.ts';
import { type RecoveryHost, startRecoveryHost } from '../support/recovery-host.ts';

const ASK = { hsm: 'contoso', key: 'orders', reason: 'deleted by mistake' };
const Problem = z.object({
  code: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
});

let served: RecoveryHost;
beforeAll(async () => {
  served = await startRecoveryHost();
});
afterAll(() => served.stop());
beforeEach(async () => {
  const world = await served.replace();
  world.hsm.deleteKey('orders');
});

async function opened(): Promise<z.infer<typeof RecoveryView>> {
  const answer = await served.send('alice', 'POST', 'recoveries', ASK);
  return RecoveryView.parse(await answer.json());
}

async function codeOf(answer: Response): Promise<{ status: number; code: string }> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const { code, status } = Problem.parse(await answer.json());
  expect(status).toBe(answer.status);
  return { status, code };
}

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
    await host.deliver('recoveryWorker', JSON.stringify(world.queue.take('recoveries')));
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
    const { id, digest } = await opened();
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
    const { id, digest } = await opened();
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
    const { id } = await opened();
    const etag = (await served.send('bob', 'GET', `recoveries/${id}`)).headers.get('etag') ?? '';
    const given = { '*': '*', several: `"0", ${etag}`, weak: `W/${etag}` }[name] ?? '';
    const answer = await served.send('bob', 'GET', `recoveries/${id}`, undefined, { 'if-none-match': given });

    expect(answer.status).toBe(304);
  });

  it('lists the sound requests though one cannot be read, and says so in the log', async () => {
    const { id } = await opened();
    await served.world.store.write({ kind: 'recovery', id: 'z'.repeat(26) }, 'rotten', 'absent');
    const answer = await served.send('dave', 'GET', 'recoveries');

    expect(RecoveryPage.parse(await answer.json()).items.map((item) => item.id)).toEqual([id]);
    expect(served.world.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('lists requests, keys, soft-deleted keys and backups', async () => {
    await opened();
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

describe('a refused request', () => {
  it.each([
    { name: 'without a token', person: undefined, status: 401, code: 'token-missing' },
    { name: 'without the role to ask', person: 'bob', status: 403, code: 'role-missing' },
  ])('$name is answered $status and audited', async ({ person, status, code }) => {
    const answer = await served.send(person, 'POST', 'recoveries', ASK);

    expect(await codeOf(answer)).toEqual({ status, code });
    expect(served.world.auditStore.lines.at(-1)).toContain(`"code":"${code}"`);
    expect(served.world.store.documents.size).toBe(0);
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
    const { id } = await opened();

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
    expect(served.world.store.documents.size).toBe(0);
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

describe('the gate', () => {
  it('shuts every endpoint while it is disarmed, and health says why to those who may know', async () => {
    const world = await served.replace();
    world.proofs.audit = async () => 'the audit log was cut off';
    await served.world.clock.advance(60_000);

    const ask = await served.send('alice', 'POST', 'recoveries', ASK);
    const list = await served.send('alice', 'GET', 'recoveries');
    const keys = await served.send('alice', 'GET', 'keys?hsm=contoso');
    const anyone = await served.send(undefined, 'GET', 'health');
    const dave = await served.send('dave', 'GET', 'health');

    for (const answer of [ask, list, keys])
      expect(await codeOf(answer)).toEqual({ status: 503, code: 'gate-disarmed' });
    expect([anyone.status, await anyone.json()]).toEqual([503, { status: 'disarmed', override: false }]);
    expect(await dave.json()).toMatchObject({ problems: ['audit: the audit log was cut off'] });
  });

  it('is armed in health when all is proven', async () => {
    const answer = await served.send(undefined, 'GET', 'health');

    expect([answer.status, await answer.json()]).toEqual([200, { status: 'armed', override: false }]);
  });
});

describe('the description of the API', () => {
  it('is valid OpenAPI 3.1 and describes every route', async () => {
    const answer = await served.send(undefined, 'GET', 'openapi.json');
    const validator = new Validator();

    const result = await validator.validate(JSON.parse(JSON.stringify(openApiDocument())));

    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    expect(validator.version).toBe('3.1');
    expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });
});
