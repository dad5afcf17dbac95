/** The local issuer over loopback: tokens for the people it knows, and nothing for pages of other sites. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Issuer, startIssuer } from '../../../src/local/issuer/issuer.ts';

let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer({ port: 0, now: () => Date.UTC(2026, 0, 1) });
});
afterAll(() => issuer.stop());

function status(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${issuer.url}${path}`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('the local issuer', () => {
  it.each(['alice', 'bob', 'carol', 'dave'])('gives %s a token', async (person) => {
    const answer = await fetch(`${issuer.url}/token?person=${person}`);

    expect(answer.status).toBe(200);
    expect((await answer.text()).split('.')).toHaveLength(3);
  });

  it.each([
    { name: 'a stranger', path: '/token?person=eve', headers: {}, expected: 404 },
    { name: 'nobody', path: '/token', headers: {}, expected: 404 },
    {
      name: 'a page of another site',
      path: '/token?person=bob',
      headers: { origin: 'https://evil.test' },
      expected: 403,
    },
    { name: 'a rebound name', path: '/token?person=bob', headers: { host: 'evil.test' }, expected: 403 },
    { name: 'the keys', path: '/keys', headers: {}, expected: 200 },
    { name: 'the description', path: '/.well-known/openid-configuration', headers: {}, expected: 200 },
  ])('answers $expected to $name', async ({ path, headers, expected }) => {
    expect(await status(path, headers)).toBe(expected);
  });
});
