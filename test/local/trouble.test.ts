/** What of the log is shown: troubles, and no stop that was asked for. */
import { expect, it } from 'vitest';
import type { HostLogLine } from '../../src/local/host/host-log.ts';
import { troubleIn } from '../../src/local/trouble.ts';

const FAILED = "Executed 'notifyWorker' (Failed, Id=1, Duration=210ms): WardenError: ";

it.each<[string, HostLogLine, string | undefined]>([
  [
    'a function that failed',
    {
      level: 'error',
      category: 'system',
      message: `${FAILED}The queue is full.`,
      functionName: 'notifyWorker',
    },
    `error notifyWorker: ${FAILED}The queue is full.`,
  ],
  [
    'a function that gave its message back at a stop',
    {
      level: 'error',
      category: 'system',
      message: `${FAILED}The app is stopping.\n    at stop (running-work.ts:42)`,
      functionName: 'notifyWorker',
    },
    undefined,
  ],
  [
    'a line of the app itself about a stop',
    { level: 'error', category: 'user', message: 'WardenError: The app is stopping.' },
    'error host: WardenError: The app is stopping.',
  ],
  ['a warning of the host', { level: 'warning', category: 'system', message: 'slow' }, 'warning host: slow'],
  ['a warning of the app', { level: 'warning', category: 'user', message: 'put back' }, undefined],
  ['what is usual', { level: 'information', category: 'system', message: 'Executing' }, undefined],
])('%s', (_case, line, shown) => {
  expect(troubleIn(line)).toBe(shown);
});
