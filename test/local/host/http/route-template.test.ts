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
    ['keys/{name=main}', 'keys', { name: 'main' }],
    ['keys/{name}/{version?}', 'keys/a', { name: 'a' }],
    ['files/{*path}', 'files', {}],
    ['files/{*path}', 'files/a/b', { path: 'a/b' }],
    ['files/{**path}', 'files/a/b', { path: 'a/b' }],
    ['n/{id:int}', 'n/2147483647', { id: '2147483647' }],
    ['n/{id:int}', 'n/-5', { id: '-5' }],
    ['n/{id:long}', 'n/2147483648', { id: '2147483648' }],
    ['n/{id:int:min(3)}', 'n/3', { id: '3' }],
    ['n/{id:int?}', 'n', {}],
    ['n/{id:max(9)}', 'n/9', { id: '9' }],
    ['n/{id:range(1,9)}', 'n/1', { id: '1' }],
    ['w/{a:alpha}', 'w/aZ', { a: 'aZ' }],
    ['w/{a:bool}', 'w/TRUE', { a: 'TRUE' }],
    ['w/{a:guid}', 'w/01234567-89ab-cdef-0123-456789abcdef', { a: '01234567-89ab-cdef-0123-456789abcdef' }],
    ['w/{a:length(2,3)}', 'w/ab', { a: 'ab' }],
    ['w/{a:minlength(2)}', 'w/ab', { a: 'ab' }],
    ['w/{a:maxlength(2)}', 'w/ab', { a: 'ab' }],
    ['w/{a:regex(^k\\d+$)}', 'w/k12', { a: 'k12' }],
    ['w/{a:decimal}', 'w/1.5', { a: '1.5' }],
  ])('%s takes /%s', (template, path, params) => {
    expect(match(template, path)).toEqual(params);
  });

  it.each([
    ['api/keys', 'api'],
    ['api/keys', 'api/keys/a'],
    ['keys/{name}', 'keys'],
    ['keys/{name?}', 'keys/a/b'],
    ['n/{id:int}', 'n/2147483648'],
    ['n/{id:int}', 'n/1.0'],
    ['n/{id:int}', 'n/a'],
    ['n/{id:int:min(3)}', 'n/2'],
    ['n/{id:max(9)}', 'n/10'],
    ['n/{id:range(1,9)}', 'n/0'],
    ['n/{id:long}', 'n/9223372036854775808'],
    ['w/{a:alpha}', 'w/a1'],
    ['w/{a:length(2,3)}', 'w/a'],
    ['w/{a:length(2,3)}', 'w/abcd'],
    ['w/{a:length(2)}', 'w/abc'],
    ['w/{a:minlength(2)}', 'w/a'],
    ['w/{a:maxlength(2)}', 'w/abc'],
    ['w/{a:regex(^k\\d+$)}', 'w/12'],
    ['w/{a:guid}', 'w/0123'],
  ])('%s does not take /%s', (template, path) => {
    expect(match(template, path)).toBeUndefined();
  });

  it.each(['{a', 'x{a}', '{a}{b}', '{a:odd}', '{a:length(x)}', '{a?}/b', '{*a}/b', '{1a}'])(
    '%s is refused',
    (template) => {
      expect(() => parseRouteTemplate(template)).toThrow(expect.objectContaining({ code: 'route-invalid' }));
    },
  );
});
