/** How an execution goes, in words. */
import { describe, expect, it } from 'vitest';
import { executionInWords } from '../../src/console/words/execution.ts';

const NOW = Date.UTC(2026, 10, 28, 3);
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();
const waitsFor = { code: 'hsm-unreachable', message: 'HSM contoso does not answer', since: at(-90) };

describe('an execution', () => {
  it.each([
    [
      'that is under way',
      { attempt: 1, attempts: 5, until: at(90), isRunning: true },
      ['Attempt 1 of 5 is under way and ends within 1 minute, by 2026-11-28T03:01:30.000Z.'],
    ],
    [
      'whose worker has died',
      { attempt: 1, attempts: 5, until: at(0), isRunning: true },
      [
        'Attempt 1 of 5 should have ended by 2026-11-28T03:00:00.000Z: whoever was at it has stopped, and another one goes on.',
      ],
    ],
    [
      'that waits for a silent HSM',
      { attempt: 3, attempts: 5, until: at(30), isRunning: false, waitsFor },
      [
        'It waits since 2026-11-28T02:58:30.000Z, for the last attempt met this: HSM contoso does not answer.',
        'Attempt 3 of 5 begins in under a minute, at 2026-11-28T03:00:30.000Z.',
        'After 5 attempts that fail the request has failed.',
      ],
    ],
    [
      'whose next attempt is late',
      { attempt: 3, attempts: 5, until: at(0), isRunning: false },
      ['Attempt 3 of 5 was to begin at 2026-11-28T03:00:00.000Z.'],
    ],
  ])('%s', (_, execution, words) => {
    expect(executionInWords(execution, NOW)).toEqual(words);
  });
});
