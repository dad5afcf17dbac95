import { describe, expect, it } from 'vitest';
import { matchRoute, parseRouteTemplate } from '../../../../src/local/host/http/route-template.ts';

function match(template: string, path: string) {
  return matchRoute(
    parseRouteTemplate(template),
    path.split('/').filter((part) => part !== ''),
  );
}

describe('a route template', () => {
  it.each([
    ['api/keys', 'api/keys', {}],
    ['api/keys', 'API/Keys', {}],
    ['/api/keys/', 'api/keys', {}],
    ['keys/{name}', 'keys/a', { name: 'a' }],
    ['keys/{name?}', 'keys', {}],
    ['keys/{name?}', 'keys/a', { name: 'a' }],
    ['keys/{name}/{version?}', 'keys/a', { name: 'a' }],
    ['files/{*path}', 'files', {}],
    ['files/{*path}', 'files/a/b', { path: 'a/b' }],
    ['files/{**path}', 'files/a/b', { path: 'a/b' }],
  ])('%s takes /%s', (template, path, params) => {
    expect(match(template, path)).toEqual(params);
  });

  it.each([
    ['api/keys', 'api'],
    ['api/keys', 'api/keys/a'],
    ['keys/{name}', 'keys'],
    ['keys/{name?}', 'keys/a/b'],
  ])('%s does not take /%s', (template, path) => {
    expect(match(template, path)).toBeUndefined();
  });

  it.each(['{a', 'x{a}', '{a}{b}', '{a:int}', '{a=x}', '{*a=x}', '{a?}/b', '{*a}/b', '{*a}/{b?}', '{1a}'])(
    '%s is refused',
    (template) => {
      expect(() => parseRouteTemplate(template)).toThrow(expect.objectContaining({ code: 'route-invalid' }));
    },
  );
});
