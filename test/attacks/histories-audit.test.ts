/** Histories in which somebody who can write the container of the audit log does arbitrary things with it. */
import { test } from '@fast-check/vitest';
import { afterAll, describe, expect } from 'vitest';
import { counted, histories, LOSSES, play } from '../support/attacks/play.ts';
import { runsOf } from '../support/attacks/runs.ts';

const RUNS = runsOf(5000);

describe('whoever can write the container of the audit log', () => {
  // A suite in which nothing comes back proves nothing.
  afterAll(() => expect(counted.deeds).toBeGreaterThan(RUNS / 10));

  test.prop([histories(['audit']), LOSSES], { seed: 1402, numRuns: RUNS })(
    'executes nothing without its approvals, nothing twice, and no other key unnoticed',
    async (steps, lose) => {
      await play(steps, lose);
    },
    1_800_000,
  );
});
