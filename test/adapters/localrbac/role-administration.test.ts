/** Roles over a bad line: what an operator changes is made once, and what cannot be read is said to be so. */
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { onWaits, type WaitNotice } from '../../../src/adapters/http/waits.ts';
import { RoleAdministration } from '../../../src/adapters/localrbac/role-administration.ts';
import { tokenCredential } from '../../support/emulator-world.ts';
import { failureOf } from '../../support/errors.ts';
import { startTlsServer, type TlsServer } from '../../support/tls-server.ts';

const NAME = '00000000-0000-4000-8000-000000000001';
const ASSIGNMENT = {
  id: `/providers/Microsoft.Authorization/roleAssignments/${NAME}`,
  name: NAME,
  properties: { principalId: NAME, roleDefinitionId: 'x', scope: '/keys' },
};

let server: TlsServer;
afterEach(() => server?.close());

/** An answer: status, body, headers. */
type Scripted = readonly [status: number, body: object | string, headers?: Readonly<Record<string, string>>];
const refusal = (status: number, code: string): Scripted => [status, { error: { code, message: 'm' } }];

/** An HSM that gives these answers one after the other, the last one for ever. */
async function hsmThatAnswers(...answers: readonly Scripted[]) {
  let next = 0;
  server = await startTlsServer((_request, response: ServerResponse) => {
    const [status, body, headers = {}] = answers[Math.min(next, answers.length - 1)] ?? [500, ''];
    next += 1;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const waits: number[] = [];
  const clock = {
    now: Date.now,
    sleep: async (ms: number) => {
      waits.push(ms);
    },
  };
  const signal = new AbortController().signal;
  const { url, caPem } = server;
  const credential = tokenCredential('token');
  return { waits, roles: new RoleAdministration({ hsm: 'contoso', url, caPem, credential, clock, signal }) };
}

const methods = () => server.requests.map((request) => request.split(' ')[0]);
const wanted = { principalId: NAME, roleId: NAME, scope: '/keys' };

describe('an operator of roles', () => {
  it('whose first answer was lost gets no refusal for an assignment that is there', async () => {
    const { roles } = await hsmThatAnswers([503, ''], refusal(400, 'RoleAssignmentExists'), [
      200,
      ASSIGNMENT,
    ]);
    expect(await roles.putAssignment(NAME, wanted)).toMatchObject({ name: NAME });
    expect(methods()).toEqual(['PUT', 'PUT', 'GET']);
  });

  it.each([
    ['an assignment', 'RoleAssignmentNotFound'],
    ['a role', 'RoleDefinitionNotFound'],
  ])('whose deletion of %s was answered the second time is done', async (what, code) => {
    const { roles } = await hsmThatAnswers([503, ''], refusal(404, code));
    await (what === 'a role' ? roles.deleteDefinition(NAME) : roles.deleteAssignment(NAME, '/keys'));
    expect(methods()).toEqual(['DELETE', 'DELETE']);
  });

  it.each<[string, Scripted, string, number]>([
    ['a page of a proxy', [200, '<html>'], 'hsm-answer-unexpected', 4],
    ['an object without a list', [200, {}], 'hsm-answer-unexpected', 4],
    ['nothing', [200, ''], 'hsm-answer-unexpected', 4],
    ['503 with a page', [503, '<html>'], 'hsm-unavailable', 4],
    ['429 with an hour', [429, '', { 'retry-after': '3600' }], 'hsm-throttled', 4],
    ['401', refusal(401, 'Unauthorized'), 'hsm-unauthenticated', 1],
    ['403', refusal(403, 'Forbidden'), 'hsm-forbidden', 1],
    ['a redirect elsewhere', [302, '', { location: 'https://example.com/' }], 'hsm-answer-unexpected', 4],
  ])('is shown that the HSM answered %s', async (_case, answer, code, tries) => {
    const { roles } = await hsmThatAnswers(answer);
    expect((await failureOf(roles.definitions())).code).toBe(code);
    expect(server.requests).toHaveLength(tries);
  });

  it('hears whom it waits for, and waits no longer than a minute at a time', async () => {
    const notices: WaitNotice[] = [];
    const stop = onWaits((notice) => notices.push(notice));
    const { roles, waits } = await hsmThatAnswers([429, '', { 'retry-after': '3600' }]);
    await failureOf(roles.assignments());
    stop();
    expect(notices.filter(({ kind }) => kind === 'asking')).toHaveLength(4);
    expect(notices.filter(({ kind }) => kind === 'pausing')).toHaveLength(3);
    expect(waits).toHaveLength(3);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
  });
});
