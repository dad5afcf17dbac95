/** `hsm-warden backup describe`: one run, and what became of each key in it. */
import { z } from 'zod';
import { type KeyOutcome, type RunRecord, readRun } from '../../features/backup/run-record.ts';
import { openStore, type Store } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { chosenHsms, counted, HSM_CHOICE, HsmChoice, when } from '../connect/warden-options.ts';
import { withAddedHsms } from '../connect/with-added-hsms.ts';
import type { Table } from '../frame/command.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { allRunIds, runView } from './runs.ts';

/** Outcomes that somebody should see first. */
const TROUBLES: readonly KeyOutcome['outcome'][] = ['failed', 'refused', 'vanished'];

export const backupDescribe = defineCommand({
  path: 'backup describe',
  summary: 'Show one run, and why a key failed in it',
  details: ['Without --all only the keys are listed that have no new backup although they should.'],
  format: 'table',
  arguments: [
    {
      name: '<run>',
      description: 'the run, as backup runs shows it; its beginning is enough where it is the only one',
    },
  ],
  options: [
    HSM_CHOICE,
    { flags: '--all', description: 'every key, also those that went well' },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden backup describe 20261124T020000Z-nightly',
    'hsm-warden backup describe 20261124T020000Z-nightly --hsm contoso --all -o tsv',
  ],
  schema: z.object({
    ...HsmChoice,
    ...ConnectionOptions,
    run: z.string().regex(/^[0-9A-Za-z-]+$/, 'expected the name of a run, like 20261124T020000Z-nightly'),
    all: z.boolean().default(false),
  }),
  async run(context, given) {
    const connection = await withAddedHsms(await connect(context, given), context, given);
    const config = requireConfig(connection);
    const { state } = openStore(connection, config, context);
    const runs: RunRecord[] = [];
    for (const { name } of chosenHsms(config, given.hsm)) {
      const runId = await wholeRunId(state, name, given.run, context.signal);
      const run = runId === undefined ? undefined : await readRun(state, name, runId, context.signal);
      if (run !== undefined) runs.push(run);
    }
    if (runs.length === 0) {
      throw new UsageError(
        `There is no run whose name begins with ${given.run}.`,
        'hsm-warden backup runs shows them.',
      );
    }
    const table = tableOf(runs, given.all);
    return {
      data: runs.map(({ keys, ...head }) => ({ ...runView(head), keys })),
      table,
      page: (show) => [...runs.map(headLine), ...(table.rows.length === 0 ? [] : [show(table)])].join('\n'),
    };
  },
});

async function wholeRunId(
  state: Store['state'],
  hsm: string,
  given: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = (await allRunIds(state, hsm, signal)).filter((id) => id.startsWith(given));
  if (found.length < 2 || found.includes(given)) return found.includes(given) ? given : found[0];
  throw new UsageError(
    `${given} is the beginning of ${found.length} runs over ${hsm}: ${found.slice(-5).join(', ')}.`,
  );
}

function headLine(run: RunRecord): string {
  const { keys, backedUp, unchanged, skipped, vanished, failed, refused } = run.counts;
  const ended = run.endedAt === undefined ? 'it has not ended' : `ended ${when(run.endedAt)}`;
  return `${run.runId} over ${run.hsm}: ${run.state}, started ${when(run.startedAt)}, ${ended}. ${counted(keys, 'key')}: ${backedUp} backed up, ${unchanged} unchanged, ${skipped} left out, ${vanished} vanished, ${failed + refused} failed.`;
}

function tableOf(runs: readonly RunRecord[], all: boolean): Table {
  const rows = runs.flatMap(({ hsm, keys }) =>
    Object.entries(keys)
      .filter(([, { outcome }]) => all || TROUBLES.includes(outcome))
      .sort(([a, one], [b, other]) => rank(one) - rank(other) || (a < b ? -1 : 1))
      .map(([key, { outcome, error, reason, blob }]) => [
        hsm,
        key,
        outcome,
        error === undefined ? reason : `${error.message} (${error.code})`,
        blob,
      ]),
  );
  return { columns: ['Hsm', 'Key', 'Outcome', 'Why', 'Blob'], rows };
}

function rank({ outcome }: KeyOutcome): number {
  return TROUBLES.includes(outcome) ? 0 : 1;
}
