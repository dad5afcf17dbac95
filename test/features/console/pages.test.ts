import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/core/sha256.ts';
import { acceptedEncodings } from '../../../src/features/console/encodings.ts';
import { answerPage, type PageFile, type PageFiles } from '../../../src/features/console/pages.ts';
import { securityHeaders } from '../../../src/features/console/security-headers.ts';

const SECURITY = securityHeaders('https://login.microsoftonline.com');
const text = (words: string) => new TextEncoder().encode(words);

function file(words: string, encoded: PageFile['encoded'] = {}): PageFile {
  return { bytes: text(words), encoded, sha256: sha256Hex(words) };
}

const FILES: PageFiles = new Map([
  ['index.html', file('page', { br: text('page in br'), gzip: text('page in gzip') })],
  ['favicon.svg', file('icon')],
  ['assets/app-3f2a.js', file('script', { gzip: text('script in gzip') })],
]);

function get(path: string, headers: Record<string, string> = {}) {
  const { body, ...answer } = answerPage(FILES, path, new Headers(headers), SECURITY);
  return { ...answer, body: body === undefined ? undefined : new TextDecoder().decode(body) };
}

describe('a page of the console', () => {
  it.each([
    ['the root', '/'],
    ['a request', '/requests/0r5kq1w7c2m8xj3v9b6t4n0a1z'],
    ['the link of an event', '/recoveries/0r5kq1w7c2m8xj3v9b6t4n0a1z'],
    ['a key', '/keys/contoso/orders-2026'],
    ['a path with a trailing slash', '/nights/'],
    ['a word that begins like the API', '/apiary'],
  ])('is the answer to %s', (_, path) => {
    expect(get(path)).toMatchObject({
      status: 200,
      body: 'page',
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    });
  });

  it.each([
    ['the API', '/api'],
    ['a route that the API does not have', '/api/unknown'],
    ['the API in capitals', '/API/x'],
    ['the operator’s paths', '/admin/functions'],
    ['extensions of the host', '/runtime/webhooks/x'],
    ['the platform’s sign-in', '/.auth/login/aad'],
    ['a file that is not there', '/favicon.ico'],
    ['a hashed file that is not there', '/assets/app-0000.js'],
    ['a hashed file without a dot', '/assets/app'],
    ['a file outside', '/../package.json'],
    ['an encoded way outside', '/assets/..%2f..%2fpackage.json'],
  ])('is not the answer to %s', (_, path) => {
    expect(get(path)).toMatchObject({ status: 404, body: undefined, headers: SECURITY });
  });

  it('is kept for good when its name has its hash, and asked for again otherwise', () => {
    expect(get('/assets/app-3f2a.js').headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
    });
    expect(get('/favicon.svg').headers).toMatchObject({
      'cache-control': 'no-cache',
      'content-type': 'image/svg+xml',
    });
  });

  it.each([
    ['br, gzip', 'br', 'page in br'],
    ['gzip, br', 'br', 'page in br'],
    ['gzip', 'gzip', 'page in gzip'],
    ['br;q=0, gzip', 'gzip', 'page in gzip'],
    ['*', 'br', 'page in br'],
    ['deflate', undefined, 'page'],
    ['', undefined, 'page'],
  ])('is sent to whoever takes "%s" in %s', (accepted, encoding, body) => {
    const answer = get('/', { 'accept-encoding': accepted });

    expect([answer.headers['content-encoding'], answer.body]).toEqual([encoding, body]);
    expect(answer.headers.vary).toBe('accept-encoding');
  });

  it('is sent as it is where its file has no such encoding', () => {
    expect(get('/assets/app-3f2a.js', { 'accept-encoding': 'br, gzip' }).body).toBe('script in gzip');
    expect(get('/favicon.svg', { 'accept-encoding': 'br, gzip' }).body).toBe('icon');
  });

  it('is not sent again to whoever has it in this encoding', () => {
    const { headers } = get('/', { 'accept-encoding': 'br' });
    const etag = headers.etag ?? '';
    const again = (tag: string, accepted = 'br') =>
      get('/', { 'accept-encoding': accepted, 'if-none-match': tag }).status;

    expect([again(etag), again(`W/${etag}`), again(`"0", ${etag}`), again('*')]).toEqual([
      304, 304, 304, 304,
    ]);
    expect([again('"0"'), again(etag, 'gzip')]).toEqual([200, 200]);
  });
});

describe('the headers of a page', () => {
  it('allow nothing inline, nothing from elsewhere but the identity provider, and nobody around it', () => {
    expect(get('/').headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self' https://login.microsoftonline.com; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; frame-src 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
  });

  it('are those of every answer', () => {
    const { headers } = get('/');
    expect(get('/', { 'if-none-match': headers.etag ?? '' }).headers).toMatchObject(SECURITY);
    expect(get('/assets/app-3f2a.js').headers).toMatchObject(SECURITY);
  });
});

describe('accepted encodings', () => {
  it.each([
    ['br;q=0.1, gzip;q=0.9', ['br', 'gzip']],
    ['GZIP', ['gzip']],
    ['gzip;q=0', []],
    ['*;q=0', []],
    ['identity', []],
    ['br ; q=0.5', ['br']],
    ['gzip;q=x', []],
  ])('of "%s" are %j', (header, expected) => {
    expect(acceptedEncodings(header)).toEqual(expected);
  });
});
