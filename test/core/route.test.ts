import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineRoute, NOTHING, type RawRequest } from '../../src/core/route.ts';
import { failureOf } from '../support/errors.ts';

const route = defineRoute(
  {
    ...NOTHING,
    name: 'echo',
    operation: 'echo',
    method: 'POST',
    path: 'echo/{id}',
    summary: 'Say it again',
    roles: 'anybody',
    params: z.object({ id: z.string().regex(/^\d+$/) }),
    headers: z.object({ 'x-mood': z.enum(['good', 'bad']).exactOptional() }),
    body: z.strictObject({ text: z.string() }),
    answers: { 200: { description: 'Said' } },
  },
  async (_call, input) => ({ status: 200, body: input }),
);

function respond(change: Partial<RawRequest> = {}) {
  const request = {
    params: { id: '1' },
    query: {},
    headers: new Headers({ 'x-mood': 'good', 'x-other': 'kept out' }),
    text: async () => '{"text":"hello"}',
    ...change,
  };
  return route.respond({ app: {}, caller: undefined, request, identify: () => undefined });
}

describe('a route', () => {
  it('gives its handler the parts that its schemas name, and nothing else', async () => {
    expect((await respond()).body).toEqual({
      params: { id: '1' },
      query: {},
      headers: { 'x-mood': 'good' },
      body: { text: 'hello' },
    });
  });

  it.each<[string, Partial<RawRequest>]>([
    ['a bad parameter of the path', { params: { id: 'one' } }],
    ['a query member that it does not know', { query: { debug: '1' } }],
    ['a query member called __proto__', { query: Object.fromEntries([['__proto__', 'x']]) }],
    ['a bad header', { headers: new Headers({ 'x-mood': 'odd' }) }],
    ['a body that is no JSON', { text: async () => '{' }],
    ['a body member that it does not know', { text: async () => '{"text":"a","__proto__":{}}' }],
  ])('refuses %s', async (_name, change) => {
    expect((await failureOf(respond(change))).code).toBe('request-invalid');
  });
});
