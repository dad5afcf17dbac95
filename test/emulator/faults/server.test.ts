// Faults on the wire: what a client sees, and whether the work was done.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { API, raw } from '../support/emulator.ts';

let emulator: Emulator;
let free = 0;

beforeAll(async () => {
  emulator = await startEmulator({ retentionDays: 7, limits: 'off' });
});
afterEach(() => emulator.faults.clear());
afterAll(() => emulator.close());

function create(name: string) {
  return raw(emulator, 'POST', `/keys/${name}/create?${API}`, { body: { kty: 'EC' } });
}

function freeName(): string {
  free += 1;
  return `key-${free}`;
}

function control(method: string, body?: unknown) {
  return raw(
    emulator,
    method,
    '/_emulator/faults',
    body === undefined ? { token: null } : { token: null, body },
  );
}

describe('a fault on demand', () => {
  test.each([
    [{ type: 'throttled' }, 429, 'TooManyRequests', undefined],
    [{ type: 'throttled', retryAfterSeconds: 7 }, 429, 'TooManyRequests', '7'],
    [{ type: 'error', status: 500 }, 500, 'UnknownError', undefined],
    [{ type: 'error', status: 503 }, 503, 'ServiceUnavailable', undefined],
  ])('%j answers %i and does no work', async (fault, status, code, retryAfter) => {
    const name = freeName();
    emulator.faults.add({ operation: 'createKey', fault, count: 1 });

    const answer = await create(name);

    expect([answer.status, answer.headers['retry-after']]).toEqual([status, retryAfter]);
    expect(answer.json).toMatchObject({ error: { code } });
    expect(emulator.state.keys.has(name)).toBe(false);
    expect((await create(name)).status).toBe(200);
  });

  test.each([
    ['before', false],
    ['after', true],
  ])('a connection reset %s the work: the work is done: %s', async (when, done) => {
    const name = freeName();
    emulator.faults.add({ operation: 'createKey', fault: { type: 'reset', when }, count: 1 });

    await expect(create(name)).rejects.toMatchObject({ code: 'ECONNRESET' });

    expect(emulator.state.keys.has(name)).toBe(done);
  });

  test('a truncated body: the work is done and the answer ends too early', async () => {
    const name = freeName();
    emulator.faults.add({ operation: 'createKey', fault: { type: 'truncated' }, count: 1 });

    await expect(create(name)).rejects.toThrow('aborted');

    expect(emulator.state.keys.has(name)).toBe(true);
  });

  test('a slow answer is a good one, late', async () => {
    emulator.faults.add({ operation: 'createKey', fault: { type: 'slow', delayMs: 120 }, count: 1 });
    const begin = performance.now();

    expect((await create(freeName())).status).toBe(200);

    expect(performance.now() - begin).toBeGreaterThanOrEqual(119);
  });

  test('meets one key and leaves the others alone', async () => {
    const [spoiled, whole] = [freeName(), freeName()];
    emulator.faults.add({ key: spoiled, fault: { type: 'error', status: 503 } });

    expect([(await create(spoiled)).status, (await create(whole)).status]).toEqual([503, 200]);
  });

  test('does not meet a request without a token', async () => {
    emulator.faults.add({ fault: { type: 'error', status: 503 } });
    expect((await raw(emulator, 'GET', `/keys?${API}`, { token: null })).status).toBe(401);
    expect(emulator.faults.list()).toMatchObject([{ met: 0 }]);
  });
});

describe('the control endpoint', () => {
  test('adds, lists and clears', async () => {
    const added = await control('POST', {
      operation: 'getKey',
      fault: { type: 'truncated' },
      probability: 0.5,
      seed: 3,
    });
    expect([added.status, added.json]).toMatchObject([
      201,
      { id: expect.any(Number), met: 0, fired: 0, seed: 3 },
    ]);
    expect((await control('GET')).json).toEqual({ faults: [added.json] });

    expect((await control('DELETE')).status).toBe(204);
    expect((await control('GET')).json).toEqual({ faults: [] });
  });

  test('says what is wrong with a rule', async () => {
    const refused = await control('POST', { operation: 'backup', fault: { type: 'truncated' } });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('must be one of');
  });
});
