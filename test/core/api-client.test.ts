import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ApiRequest, callApi, type SendToApi } from '../../src/core/api-client.ts';
import { WardenError } from '../../src/core/errors.ts';
import { problemOf } from '../../src/core/problem.ts';
import { defineRoute, NOTHING } from '../../src/core/route.ts';
import { failureOf } from '../support/errors.ts';

const { spec } = defineRoute(
  {
    ...NOTHING,
    name: 'paint',
    operation: 'paint',
    method: 'POST',
    path: 'walls/{wall}/paint',
    summary: 'Paint a wall',
    roles: ['Painter'],
    params: z.object({ wall: z.string() }),
    query: z.strictObject({ coats: z.coerce.number().default(1), dry: z.string().exactOptional() }),
    body: z.strictObject({ colour: z.string() }),
    answers: { 200: { description: 'Painted', schema: z.strictObject({ colour: z.string() }) } },
  },
  async () => ({ status: 200 }),
);

/** Answers everything alike, and keeps what was asked. */
function answering(
  status: number,
  body: unknown,
): { readonly send: SendToApi; readonly asked: ApiRequest[] } {
  const asked: ApiRequest[] = [];
  return {
    asked,
    send: async (request) => {
      asked.push(request);
      return { status, text: typeof body === 'string' ? body : JSON.stringify(body) };
    },
  };
}

const INPUT = { params: { wall: 'north/1' }, query: { coats: 2 }, body: { colour: 'red' } };

describe('a call by the route table', () => {
  it('is sent as the route says: method, escaped path, query without what is absent, JSON', async () => {
    const { send, asked } = answering(200, { colour: 'red' });

    const value = await callApi(send, spec, INPUT);

    expect(value.colour).toBe('red');
    expect(asked).toEqual([
      {
        method: 'POST',
        path: '/api/walls/north%2F1/paint?coats=2',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: '{"colour":"red"}',
      },
    ]);
  });

  it('fails with the code, words and key of the problem that was answered', async () => {
    const refused = new WardenError('key-active', {
      message: 'It is active.',
      advice: 'Leave it.',
      hsm: 'contoso',
      key: 'orders',
    });
    const { send } = answering(409, problemOf(refused, 'one').problem);

    const error = await failureOf(callApi(send, spec, INPUT));

    expect(error).toMatchObject({
      code: 'key-active',
      message: 'It is active.',
      advice: 'Leave it.',
      hsm: 'contoso',
      key: 'orders',
    });
  });

  it.each([
    ['a page of something else', 200, '<html>'],
    ['another shape', 200, { colour: 7 }],
    ['a status that the route does not know', 204, ''],
    ['a refusal that is no problem', 502, 'Bad Gateway'],
    [
      'a problem of a code from a later version',
      418,
      { ...problemOf(new Error('x'), 'one').problem, code: 'teapot' },
    ],
  ])('fails clearly for %s', async (_name, status, body) => {
    const error = await failureOf(callApi(answering(status, body).send, spec, INPUT));

    expect(error.code).toBe('request-invalid');
  });
});
