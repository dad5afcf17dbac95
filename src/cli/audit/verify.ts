/** `hsm-warden audit verify`: reads the whole audit log, past the app, and says whether it is whole. */
import { z } from 'zod';
import { hasRequests } from '../../core/documents/has-requests.ts';
import { Checkpoints } from '../../features/audit/checkpoints.ts';
import { verifyOnward } from '../../features/audit/verify-onward.ts';
import { cliLogger, openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';

export const auditVerify = defineCommand({
  path: 'audit verify',
  summary: 'Say whether anything in the audit log was changed, removed, reordered or cut off',
  details: [
    'Reads the log and its anchor from storage with your credential, not through the app. Exit code 1 when something is wrong.',
    'Where decisions are sealed it goes on from the last sealed checkpoint, if that is younger than a day: all before it was found whole then. --full reads all of it. The answer says which it was.',
  ],
  format: 'table',
  options: [
    { flags: '--full', description: 'read all of it, whatever a checkpoint says' },
    ...CONNECTION_OPTIONS,
  ],
  examples: ['hsm-warden audit verify', 'hsm-warden audit verify --full -o json'],
  schema: z.object({ ...ConnectionOptions, full: z.boolean().default(false) }),
  async run(context, given) {
    const connection = await connect(context, given);
    const store = openStore(connection, requireConfig(connection), context);
    const { auditStore, anchor, state, once, decisions: seals } = store;
    const { clock } = context;
    const logger = cliLogger(context);
    const { verdict } = await verifyOnward(
      {
        ...{ store: auditStore, anchor, clock, seals, hasRequests: () => hasRequests(state) },
        checkpoints: seals && new Checkpoints({ once, decisions: seals, clock, logger }),
      },
      given.full,
    );
    const { entries, tip, problems, sealed, from } = verdict;
    const extent =
      from === undefined
        ? 'all of it was read'
        : `it was read from line ${from.seq + 1} on, for all before was found whole at ${from.at} (--full reads all)`;
    const decisions =
      sealed === undefined ? 'its decisions are not sealed' : `${sealed} of its lines are sealed decisions`;
    const rows = problems.map(({ part, line, problem }) => [part?.day, part?.number, line, problem]);
    return {
      data: verdict,
      table: { columns: ['Day', 'Part', 'Line', 'Problem'], rows },
      page:
        problems.length === 0
          ? `The audit log is whole: ${entries} entries; the last is ${tip.seq}, ${tip.hash}; ${decisions}; ${extent}.`
          : problems
              .map(
                ({ part, line, problem }) =>
                  `${part?.day ?? ''} part ${part?.number ?? ''} line ${line}: ${problem}`,
              )
              .join('\n'),
      exit: problems.length === 0 ? 'done' : 'failed',
    };
  },
});
