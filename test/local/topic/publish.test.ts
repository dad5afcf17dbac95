import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES, publish } from '../../../src/local/topic/publish.ts';

const EVENT = { specversion: '1.0', id: '1', source: '/test', type: 'Test' };
const PUBLISHERS = { keys: ['key-1', 'key-2'], acceptBearer: (token: string) => token === 'good' };
const BATCH = 'application/cloudevents-batch+json; charset=utf-8';
const SINGLE = 'application/cloudevents+json';

function post(
  body: unknown,
  headers: Record<string, string> = {},
  change: { url?: string; method?: string } = {},
) {
  const request = {
    method: 'POST',
    url: '/api/events?api-version=2018-01-01',
    headers: { 'content-type': BATCH, 'aeg-sas-key': 'key-1', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...change,
  };
  return publish(request, PUBLISHERS);
}

describe('publishing to the topic', () => {
  it.each([
    ['a batch', BATCH, [EVENT, { ...EVENT, id: '2' }], 2],
    ['an empty batch', BATCH, [], 0],
    ['a single event', SINGLE, EVENT, 1],
    ['extensions', SINGLE, { ...EVENT, traceparent: '00-1' }, 1],
    ['binary data', SINGLE, { ...EVENT, data_base64: 'AAECAw==' }, 1],
  ])('takes %s', async (_name, type, body, count) => {
    const { answer, events } = await post(body, { 'content-type': type });

    expect(answer).toEqual({ status: 200 });
    expect(events).toHaveLength(count);
  });

  it('takes an event whose attributes are in headers', async () => {
    const headers = { 'ce-specversion': '1.0', 'ce-id': '7', 'ce-source': '/test', 'ce-type': 'Test' };
    const { events } = await post({ a: 1 }, { ...headers, 'content-type': 'application/json' });

    expect(events).toEqual([{ ...EVENT, id: '7', datacontenttype: 'application/json', data: { a: 1 } }]);
  });

  it.each([
    ['no JSON', BATCH, '[{'],
    ['an event alone where a batch is announced', BATCH, EVENT],
    ['a batch where one event is announced', SINGLE, [EVENT]],
    ['an event without id', SINGLE, { ...EVENT, id: undefined }],
    ['an event with an empty source', SINGLE, { ...EVENT, source: '' }],
    ['another version', SINGLE, { ...EVENT, specversion: '0.3' }],
    ['a time that is none', SINGLE, { ...EVENT, time: 'yesterday' }],
    ['an attribute in capitals', SINGLE, { ...EVENT, TraceParent: 'x' }],
    ['two kinds of data', SINGLE, { ...EVENT, data: 1, data_base64: 'AA==' }],
    ['the schema of Event Grid', 'application/json', [{ eventType: 'x' }]],
    ['one bad event among good ones', BATCH, [EVENT, {}]],
  ])('refuses %s with 400 and takes nothing', async (_name, type, body) => {
    const { answer, events } = await post(body, { 'content-type': type });

    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'BadRequest' } } });
    expect(events).toEqual([]);
  });

  it.each([
    ['the second key', { 'aeg-sas-key': 'key-2' }, 200],
    ['a wrong key', { 'aeg-sas-key': 'key-3' }, 401],
    ['a wrong key of another length', { 'aeg-sas-key': 'key' }, 401],
    ['a good token', { 'aeg-sas-key': undefined, authorization: 'Bearer good' }, 200],
    ['a bad token', { 'aeg-sas-key': undefined, authorization: 'Bearer bad' }, 401],
    ['another scheme', { 'aeg-sas-key': undefined, authorization: 'Basic good' }, 401],
    ['nothing', { 'aeg-sas-key': undefined }, 401],
    ['a wrong key beside a good token', { 'aeg-sas-key': 'key-3', authorization: 'Bearer good' }, 401],
  ])('with %s', async (_name, headers, status) => {
    const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
    const request = {
      method: 'POST',
      url: '/api/events',
      headers: { 'content-type': BATCH, ...given },
      body: '[]',
    };

    expect((await publish(request, PUBLISHERS)).answer.status).toBe(status);
  });

  it('takes no bearer token when nobody can judge it', async () => {
    const headers = { 'content-type': BATCH, authorization: 'Bearer good' };
    const request = { method: 'POST', url: '/api/events', headers, body: '[]' };

    expect((await publish(request, { keys: [] })).answer.status).toBe(401);
  });

  it.each([
    [MAX_BODY_BYTES, 200],
    [MAX_BODY_BYTES + 1, 413],
  ])('answers a body of %d bytes with %d', async (bytes, status) => {
    const empty = JSON.stringify({ ...EVENT, data: '' });
    const body = JSON.stringify({ ...EVENT, data: 'x'.repeat(bytes - empty.length) });

    expect((await post(body, { 'content-type': SINGLE })).answer.status).toBe(status);
  });

  it.each([
    ['another path', { url: '/api/other' }, 404],
    ['GET', { method: 'GET' }, 405],
    ['another api-version', { url: '/api/events?api-version=1999-01-01' }, 400],
  ])('refuses %s', async (_name, change, status) => {
    expect((await post([], {}, change)).answer.status).toBe(status);
  });
});
