/** `hsm-warden audit verify`: reads the whole audit log, past the app, and says whether it is whole. */
import { z } from 'zod';
import { hasRequests } from '../../core/documents/has-requests.ts';
import { verifyAudit } from '../../features/audit/verify-audit.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';

export const auditVerify = defineCommand({
  path: 'audit verify',
  summary: 'Say whether anything in the audit log was changed, removed, reordered or cut off',
  details: [
    'Reads the log and its anchor from storage with your credential, not through the app. Exit code 1 when something is wrong.',
  ],
  format: 'table',
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden audit verify', 'hsm-warden audit verify -o json'],
  schema: z.object(ConnectionOptions),
  async run(context, given) {
    const connection = await connect(context, given);
    const store = openStore(connection, requireConfig(connection), context);
    const { auditStore, anchor, state, decisions: seals } = store;
    const verdict = await verifyAudit(auditStore, anchor, { hasRequests: () => hasRequests(state), seals });
    const { entries, tip, problems, sealed } = verdict;
    const decisions =
      sealed === undefined ? 'its decisions are not sealed' : `${sealed} of its lines are sealed decisions`;
    const rows = problems.map(({ part, line, problem }) => [part?.day, part?.number, line, problem]);
    return {
      data: verdict,
      table: { columns: ['Day', 'Part', 'Line', 'Problem'], rows },
      page:
        problems.length === 0
          ? `The audit log is whole: ${entries} entries; the last is ${tip.seq}, ${tip.hash}; ${decisions}.`
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
