/** What the pages of the console read over loopback HTTP: what each role gets, and what is said when something is not known. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { AuditPage } from '../../../src/features/console/audit-search.ts';
import { Home } from '../../../src/features/console/model/home.ts';
import { KeyPage } from '../../../src/features/console/model/keys.ts';
import { Inbox, Me, SignInConfig } from '../../../src/features/console/model/people.ts';
import { SettingsView } from '../../../src/features/console/model/settings.ts';
import { codeOf, opened } from '../../support/recovery-answers.ts';
import { readerOf, serveOrders } from '../../support/served-orders.ts';

const served = await serveOrders();
const read = readerOf(served);

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
