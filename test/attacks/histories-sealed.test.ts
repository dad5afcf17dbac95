/** Histories in which somebody who can write the containers of state and audit log together does arbitrary things with both. */
import { test } from '@fast-check/vitest';
import { afterAll, describe, expect } from 'vitest';
import { counted, histories, LOSSES, play } from '../support/attacks/play.ts';
import { runsOf } from '../support/attacks/runs.ts';

const RUNS = runsOf(3000);

describe('whoever can write the containers of state and audit log together, where decisions are sealed', () => {
  // A suite in which nothing comes back proves nothing.
  afterAll(() => expect(counted.deeds).toBeGreaterThan(RUNS / 10));

  test.prop([histories(['state', 'audit', 'state and audit', 'state and audit']), LOSSES], {
    seed: 1407,
    numRuns: RUNS,
  })(
    'executes nothing without its approvals, nothing twice, and no other key unnoticed',
    async (steps, lose) => {
      await play(steps, lose, { sealed: true });
    },
    1_800_000,
  );
});
