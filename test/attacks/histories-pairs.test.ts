/** Histories in which somebody who can write the containers of backups and state does arbitrary things with it. */
import { test } from '@fast-check/vitest';
import { afterAll, describe, expect } from 'vitest';
import { counted, histories, LOSSES, play } from '../support/attacks/play.ts';
import { runsOf } from '../support/attacks/runs.ts';

const RUNS = runsOf(2500);

describe('whoever can write the containers of backups and state', () => {
  // A suite in which nothing comes back proves nothing.
  afterAll(() => expect(counted.deeds).toBeGreaterThan(RUNS / 10));

  test.prop([histories(['backups', 'state']), LOSSES], { seed: 1405, numRuns: RUNS })(
    'executes nothing without its approvals, nothing twice, and no other key unnoticed',
    async (steps, lose) => {
      await play(steps, lose);
    },
    1_800_000,
  );
});

describe('whoever can roll back the containers of the state and of the audit log together', () => {
  test.prop([histories(['rollback']), LOSSES], { seed: 1406, numRuns: runsOf(500) })(
    'has nothing executed a second time',
    async (steps, lose) => {
      await play(steps, lose);
    },
    1_800_000,
  );
});
