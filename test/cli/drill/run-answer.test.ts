import { expect, test } from 'vitest';
import { answerOf } from '../../../src/cli/drill/run-answer.ts';
import type { DrillRequest } from '../../../src/features/drill/message.ts';
import type { DrillRun } from '../../../src/features/drill/model/drill-state.ts';

const RUN: DrillRun = {
  ...{ runId: 'run-1', startedAt: 1, endedAt: 2, planned: 0, proven: 0, metadataOnly: 0 },
  ...{ failed: 0, blocked: 0, unusable: 0, never: 0, residue: 0 },
};
const KEY: DrillRequest = { kind: 'key', hsm: 'contoso', key: 'no-such-key' };

test.each<[string, DrillRequest, Partial<DrillRun>, 'failed' | undefined, string]>([
  ['nothing due', { kind: 'due' }, {}, undefined, ''],
  [
    'a key without a recovery point',
    KEY,
    {},
    'failed',
    'no recovery point of a key no-such-key of HSM contoso',
  ],
  ['all of none', { kind: 'all' }, {}, 'failed', 'no recovery point to drill'],
  ['a sample of none', { kind: 'sample', count: 3 }, {}, 'failed', 'no recovery point to drill'],
  ['a run with keys left', { kind: 'all' }, { proven: 3, left: 2 }, 'failed', 'NOT DRILLED: 2 keys'],
  ['a refused run', KEY, { refused: ['It is protected.'] }, 'failed', 'NO DRILL: It is protected.'],
  ['a copy that stays', { kind: 'due' }, { residue: 1 }, 'failed', '1 key left in the drill HSM'],
])('%s', (_, what, run, exit, said) => {
  const answer = answerOf(what, [{ ...RUN, ...run }], []);
  expect(answer.exit).toBe(exit);
  const page = typeof answer.page === 'function' ? answer.page(() => '', String) : answer.page;
  expect(page).toContain(said);
});
