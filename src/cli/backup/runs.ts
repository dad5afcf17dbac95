/** `hsm-warden backup runs`: the runs over an HSM, newest first. */
import { z } from 'zod';
import { listRunIds, type RunHead, readRunHead } from '../../features/backup/run-record.ts';
import { openStore, type Store } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { chosenHsms, HSM_CHOICE, HsmChoice, momentCell, when } from '../connect/warden-options.ts';
import { withAddedHsms } from '../connect/with-added-hsms.ts';
import { defineCommand } from '../frame/define.ts';
import { duration } from '../frame/duration.ts';
import { wholeNumber } from '../frame/option-values.ts';

export const backupRuns = defineCommand({
  path: 'backup runs',
  summary: 'List the runs over the HSMs, newest first',
  details: ['What became of each key in one of them: backup describe RUN.'],
  format: 'table',
  options: [
    HSM_CHOICE,
    { flags: '--last <n>', description: 'the last so many of each HSM (default: 10)' },
    ...CONNECTION_OPTIONS,
  ],
  examples: ['hsm-warden backup runs', 'hsm-warden backup runs --hsm contoso --last 30 -o tsv'],
  schema: z.object({ ...HsmChoice, ...ConnectionOptions, last: wholeNumber(1, 10_000).default(10) }),
  async run(context, given) {
    const connection = await withAddedHsms(await connect(context, given), context, given);
    const config = requireConfig(connection);
    const { state } = openStore(connection, config, context);
    const heads: RunHead[] = [];
    for (const { name } of chosenHsms(config, given.hsm)) {
      const ids = (await allRunIds(state, name, context.signal)).toReversed().slice(0, given.last);
      for (const id of ids) {
        const head = await readRunHead(state, name, id, context.signal);
        if (head !== undefined) heads.push(head);
      }
    }
    return {
      data: heads.map(runView),
      table: {
        whole: ['Run'],
        columns: [
          'Run',
          'Hsm',
          'State',
          'Started',
          'Took',
          'Keys',
          'BackedUp',
          'Unchanged',
          'Skipped',
          'Failed',
        ],
        rows: heads.map((head) => {
          const { keys, backedUp, unchanged, skipped, failed, refused } = head.counts;
          return [
            ...[head.runId, head.hsm, head.state, momentCell(head.startedAt), took(head)],
            ...[keys, backedUp, unchanged, skipped, failed + refused],
          ];
        }),
      },
    };
  },
});

/** The ids of all runs over an HSM, oldest first: they begin with their time. */
export async function allRunIds(
  state: Store['state'],
  hsm: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return (await listRunIds(state, hsm, signal)).toSorted();
}

/** A run as the command line shows it: times people can read. */
export function runView({ startedAt, endedAt, ...head }: RunHead) {
  return { ...head, startedAt: when(startedAt), endedAt: when(endedAt) };
}

function took({ startedAt, endedAt }: RunHead): string | undefined {
  return endedAt === undefined ? undefined : duration(endedAt - startedAt);
}
