/** `hsm-warden watch`: the soft-deleted keys with their countdown, and what would be left of each after its purge. */

import { z } from 'zod';
import { isWardenError } from '../core/errors.ts';
import {
  type DeletedKeyStatus,
  type HsmStatus,
  type SeenStatus,
  wasSeen,
} from '../features/status/hsm-status.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from './connect/connection.ts';
import { doubtsOf } from './connect/doubts.ts';
import { judgeHsms, troublesOf } from './connect/judge-hsms.ts';
import { chosenHsms, HSM_CHOICE, HsmChoice, momentCell, when } from './connect/warden-options.ts';
import type { Answer, Table } from './frame/command.ts';
import type { CliContext } from './frame/context.ts';
import { defineCommand } from './frame/define.ts';
import { duration } from './frame/duration.ts';
import { numberFrom } from './frame/option-values.ts';
import { paintFor } from './frame/style.ts';
import { renderTable } from './frame/table.ts';

export const watch = defineCommand({
  path: 'watch',
  summary: 'Show the soft-deleted keys with their countdown and what their backups cover',
  details: [
    'It changes nothing and sends no events; that is for the app. When an HSM, or what is stored about it, cannot be read, the first line says so (`CANNOT TELL: …`) and the exit code is 2: the keys of the others are shown, and of that one nothing is known.',
    'In JSON `complete` says whether every HSM could be read, `keys` is null when none could, and `troubles` says why.',
  ],
  format: 'table',
  options: [
    HSM_CHOICE,
    { flags: '--follow', description: 'scan again and again until Ctrl-C' },
    { flags: '--every <seconds>', description: 'how often --follow scans (default: 30)' },
    ...CONNECTION_OPTIONS,
  ],
  examples: ['hsm-warden watch', 'hsm-warden watch --hsm contoso --follow --every 10'],
  schema: z.object({
    ...HsmChoice,
    ...ConnectionOptions,
    follow: z.boolean().default(false),
    every: numberFrom(1, 3600, 'seconds').default(30),
  }),
  async run(context, given) {
    const connection = await connect(context, given);
    const hsms = chosenHsms(requireConfig(connection), given.hsm);
    const scan = () => judgeHsms(connection, hsms, context);
    if (!given.follow) return answer(await scan());
    return follow(context, given.every * 1000, scan);
  },
});

/** Shows one scan after the other; Ctrl-C is the way out, and no failure. */
async function follow(
  context: CliContext,
  everyMs: number,
  next: () => Promise<readonly HsmStatus[]>,
): Promise<Answer> {
  const { stdout, clock, signal } = context;
  try {
    for (;;) {
      const statuses = await next();
      if (stdout.isTTY === true) stdout.write('\u001b[2J\u001b[H');
      stdout.write(`${when(clock.now())}\n${page(statuses, context)}\n`);
      if (stdout.closed === true) return {};
      await clock.sleep(everyMs, signal);
    }
  } catch (error) {
    if (isWardenError(error, 'aborted')) return {};
    throw error;
  }
}

function answer(statuses: readonly HsmStatus[]): Answer {
  const troubles = troublesOf(statuses);
  const seen = statuses.filter(wasSeen);
  const keys = seen.flatMap(({ hsm, deleted }) => deleted.map((one) => ({ hsm, ...one })));
  return {
    data: {
      complete: troubles.length === 0,
      keys:
        seen.length === 0
          ? null
          : keys.map((one) => ({
              ...one,
              deletedAt: when(one.deletedAt),
              scheduledPurgeAt: when(one.scheduledPurgeAt),
              afterPurge: afterPurge(one),
            })),
      troubles,
    },
    table: tableOf(seen),
    doubts: troubles.flatMap(doubtsOf),
    page: (show) => keysPage(statuses, show),
    exit: troubles.length === 0 ? 'done' : 'unknown',
  };
}

function page(statuses: readonly HsmStatus[], context: CliContext): string {
  const paint = paintFor(context, context.stdout);
  const doubts = troublesOf(statuses).flatMap(doubtsOf);
  const style = { width: context.stdout.columns, now: context.clock.now(), utc: false };
  const show = (table: Table) => renderTable(table, style);
  return [...doubts.map((line) => `${line}\n`), keysPage(statuses, show)]
    .join('')
    .replaceAll(/\b(CANNOT TELL|critical|high)\b/g, (word) => paint('red', word))
    .replaceAll(/\bwarning\b/g, (word) => paint('yellow', word));
}

/** The soft-deleted keys of the HSMs that could be read; of the others nothing is said here. */
function keysPage(statuses: readonly HsmStatus[], show: (table: Table) => string): string {
  const seen = statuses.filter(wasSeen);
  if (seen.length === 0) return '';
  if (seen.some(({ deleted }) => deleted.length > 0)) return show(tableOf(seen));
  const where = seen.length === statuses.length ? '' : ` on ${seen.map(({ hsm }) => hsm).join(', ')}`;
  return `No key is soft-deleted${where}.\n`;
}

function afterPurge({ backup }: DeletedKeyStatus): 'lost' | 'restore' {
  return backup === undefined ? 'lost' : 'restore';
}

function tableOf(statuses: readonly SeenStatus[]): Table {
  return {
    columns: ['Hsm', 'Key', 'PurgedIn', 'PurgedAt', 'Backup', 'Versions', 'AfterPurge', 'Severity'],
    rows: statuses.flatMap(({ hsm, deleted }) =>
      deleted.map((one) => [
        hsm,
        one.key,
        duration(one.leftMs),
        momentCell(one.scheduledPurgeAt),
        one.coverage,
        `${one.versionsCovered}/${one.versionsKnown}`,
        afterPurge(one),
        one.severity,
      ]),
    ),
  };
}
