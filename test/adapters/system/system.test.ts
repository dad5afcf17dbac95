/** The machine's clock and the JSON-lines logger. */
import { describe, expect, it } from 'vitest';
import { createJsonLogger } from '../../../src/adapters/system/json-logger.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { WardenError } from '../../../src/core/errors.ts';
import { failureOf } from '../../support/errors.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';

describe('systemClock', () => {
  it.each([-5, 0, 20])('sleeps %d ms or a little longer', async (ms) => {
    const begin = systemClock.now();

    await systemClock.sleep(ms);

    expect(systemClock.now() - begin).toBeGreaterThanOrEqual(Math.max(0, ms) - 2);
  });

  it('sleeps longer than one timer can, until it is aborted', async () => {
    const controller = new AbortController();
    const sleep = failureOf(systemClock.sleep(2 ** 40, controller.signal));
    const first = await Promise.race([sleep.then(() => 'sleep'), systemClock.sleep(30).then(() => 'short')]);

    controller.abort();

    expect(first).toBe('short');
    expect((await sleep).code).toBe('aborted');
  });

  it('does not begin a sleep that was aborted before', async () => {
    expect((await failureOf(systemClock.sleep(60_000, AbortSignal.abort()))).code).toBe('aborted');
  });
});

describe('createJsonLogger', () => {
  function logged(write: (logger: ReturnType<typeof createJsonLogger>) => void): unknown[] {
    const lines: string[] = [];
    write(createJsonLogger({ write: (line) => lines.push(line) }, new ManualClock({ now: 0 })));
    expect(lines.every((line) => line.endsWith('\n'))).toBe(true);
    return lines.map((line) => JSON.parse(line));
  }

  it.each(['info', 'warn', 'error'] as const)('writes a line of level %s', (level) => {
    expect(logged((logger) => logger[level]('key backed up', { key: 'orders' }))).toEqual([
      { time: '1970-01-01T00:00:00.000Z', level, message: 'key backed up', key: 'orders' },
    ]);
  });

  it('does not let a field stand in for the time, the level or the message', () => {
    const fields = { time: 'x', level: 'x', message: 'x' };

    expect(logged((logger) => logger.info('real', fields))).toEqual([
      { time: '1970-01-01T00:00:00.000Z', level: 'info', message: 'real' },
    ]);
  });

  it("writes an error's facts and causes, and nothing else that hangs on it", () => {
    const cause = Object.assign(new Error('refused'), {
      request: { headers: { authorization: 'Bearer secret' } },
    });
    const error = new WardenError('hsm-forbidden', { message: 'no', hsm: 'contoso', cause });

    expect(logged((logger) => logger.error('failed', { error }))).toMatchObject([
      {
        error: {
          name: 'WardenError',
          code: 'hsm-forbidden',
          message: 'no',
          hsm: 'contoso',
          cause: { message: 'refused' },
        },
      },
    ]);
    expect(JSON.stringify(logged((logger) => logger.error('failed', { error })))).not.toContain('secret');
  });
});
