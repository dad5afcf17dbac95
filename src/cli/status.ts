/** `hsm-warden status`: one screen that says whether every key is safe, and an exit code that says so too. */

import { z } from 'zod';
import {
  type HsmStatus,
  type KeyRisk,
  overallVerdict,
  type Verdict,
  wasSeen,
} from '../features/status/hsm-status.ts';
import {
  CONNECTION_OPTIONS,
  type Connection,
  ConnectionOptions,
  connect,
  requireConfig,
  sameWorld,
} from './connect/connection.ts';
import { doubtsOf } from './connect/doubts.ts';
import { judgeHsms, troublesOf } from './connect/judge-hsms.ts';
import { chosenHsms, counted, duration, HSM_CHOICE, HsmChoice, when } from './connect/warden-options.ts';
import type { CliContext } from './frame/context.ts';
import { defineCommand } from './frame/define.ts';
import { type Paint, paintFor } from './frame/style.ts';
import { recoveryUrl } from './recovery/open-api.ts';

const EXITS = { safe: 'done', 'at-risk': 'failed', unknown: 'unknown' } as const;
const SIGNS = {
  safe: ['green', 'SAFE'],
  'at-risk': ['red', 'AT RISK'],
  unknown: ['yellow', 'UNKNOWN'],
} as const satisfies Record<Verdict, readonly ['green' | 'red' | 'yellow', string]>;
const CLOSING = {
  safe: 'Every key is safe.',
  'at-risk': 'Not every key is safe.',
  unknown: 'It cannot be told whether every key is safe.',
} as const;
/** A screen stays a screen; -o json has them all. */
const MOST_RISKS = 20;

export const status = defineCommand({
  path: 'status',
  summary: 'Say whether every key is safe',
  details: [
    'Looks at every HSM of the settings and at its backups, and changes nothing. Exit code 0: every key has a good backup of its newest version. 1: at least one has not, or is soft-deleted without one. 2: it cannot be told.',
  ],
  format: 'table',
  options: [HSM_CHOICE, ...CONNECTION_OPTIONS],
  examples: ['hsm-warden status', 'hsm-warden status --hsm contoso -o json', 'hsm-warden status --emulator'],
  schema: z.object({ ...HsmChoice, ...ConnectionOptions }),
  async run(context, given) {
    const connection = await connect(context, given);
    const config = requireConfig(connection);
    const statuses = await judgeHsms(connection, chosenHsms(config, given.hsm), context);
    const verdict = overallVerdict(statuses);
    return {
      data: { safe: verdict === 'safe', verdict, hsms: statuses },
      doubts: troublesOf(statuses).flatMap(doubtsOf),
      table: {
        columns: ['Hsm', 'Verdict', 'Active', 'Covered', 'Excluded', 'Risks', 'Deleted'],
        rows: statuses.map((one) =>
          wasSeen(one)
            ? [
                ...[one.hsm, one.verdict, one.active, one.covered, one.excluded],
                ...[one.risks.length, one.deleted.length],
              ]
            : [one.hsm, one.verdict, ...Array<undefined>(5).fill(undefined)],
        ),
      },
      page: statusPage(statuses, verdict, connection, context),
      exit: EXITS[verdict],
    };
  },
});

function statusPage(
  statuses: readonly HsmStatus[],
  verdict: Verdict,
  connection: Connection,
  context: CliContext,
): string {
  const paint = paintFor(context, context.stdout);
  const now = context.clock.now();
  const lines = statuses.flatMap((one) => [...hsmLines(one, now, paint, connection), '']);
  return [...lines, paint('bold', paint(SIGNS[verdict][0], CLOSING[verdict]))].join('\n');
}

function hsmLines(one: HsmStatus, now: number, paint: Paint, connection: Connection): string[] {
  const [colour, sign] = SIGNS[one.verdict];
  const head = `${paint('bold', one.hsm)}  ${paint(colour, sign)}`;
  if (!wasSeen(one)) return [head];
  const excluded = one.excluded === 0 ? '' : `, ${one.excluded} left out by the settings`;
  const ago = (at: number) => `${duration(Math.max(0, now - at))} ago`;
  const facts = [
    `${counted(one.active, 'active key')}, ${one.covered} with a good backup${excluded}`,
    ...(one.oldestBackupAt === undefined ? [] : [`oldest good backup ${ago(one.oldestBackupAt)}`]),
    ...(one.lastRun === undefined ? [] : [`last run ${one.lastRun.state} ${ago(one.lastRun.endedAt)}`]),
    ...(one.verifiedAt === undefined ? [] : [`backups verified ${ago(one.verifiedAt)}`]),
    ...(one.restorable === 0
      ? []
      : [
          `${counted(one.restorable, 'key')} that ${one.restorable === 1 ? 'is' : 'are'} gone can be restored`,
        ]),
  ];
  const deleted = one.deleted.map(
    ({ key, leftMs, scheduledPurgeAt, coverage }) =>
      `  deleted: ${key}, purged in ${duration(leftMs)} (${when(scheduledPurgeAt)}), backup ${coverage}`,
  );
  const more = one.risks.length - MOST_RISKS;
  return [
    head,
    `  ${facts.join('; ')}`,
    ...one.risks
      .slice(0, MOST_RISKS)
      .map(
        (risk) => `  ${paint('red', '!')} ${risk.key}: ${risk.detail}${fixesOf(risk, one.hsm, connection)}`,
      ),
    ...(more > 0 ? [`  ... and ${more} more; -o json has them all`] : []),
    ...deleted.slice(0, MOST_RISKS),
    ...one.warnings.map((warning) => `  ${paint('yellow', '*')} ${warning}`),
  ];
}

/** What to do, a line for each way: whoever may not recover a key alone asks the approvers, where there are any. */
function fixesOf({ key, risk }: KeyRisk, hsm: string, connection: Connection): string {
  // In the local world there is no signing in: it must be said who asks.
  const asker = connection.world === undefined ? '' : ' --as alice';
  const ways =
    risk === 'deleted-without-backup'
      ? [
          `hsm-warden key recover --hsm-name ${hsm} --name ${key}`,
          ...(recoveryUrl(connection) === undefined
            ? []
            : [`hsm-warden recovery request --hsm ${hsm} --key ${key} --reason 'TICKET'${asker}`]),
        ]
      : [`hsm-warden backup run --hsm ${hsm} --key ${key}`];
  return ways
    .map((way, index) => `\n    ${index === 0 ? '->' : 'or'} ${way}${sameWorld(connection)}`)
    .join('');
}
