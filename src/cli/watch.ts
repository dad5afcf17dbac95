/** `hsm-warden watch`: the soft-deleted keys with their countdown, and what would be left of each after its purge. */

import { z } from 'zod';
import { isWardenError } from '../core/errors.ts';
import {
  type DeletedKeyStatus,
  type HsmStatus,
  type LostKey,
  type SeenStatus,
  wasSeen,
} from '../features/status/hsm-status.ts';
import {
  CONNECTION_OPTIONS,
  type Connection,
  ConnectionOptions,
  connect,
  requireConfig,
} from './connect/connection.ts';
import { doubtsOf } from './connect/doubts.ts';
import { judgeHsms, troublesOf } from './connect/judge-hsms.ts';
import { chosenHsms, HSM_CHOICE, HsmChoice, momentCell, when } from './connect/warden-options.ts';
import { withAddedHsms } from './connect/with-added-hsms.ts';
import type { Answer, Cell, Table } from './frame/command.ts';
import type { CliContext } from './frame/context.ts';
import { defineCommand } from './frame/define.ts';
import { duration } from './frame/duration.ts';
import { numberFrom } from './frame/option-values.ts';
import { paintFor } from './frame/style.ts';
import { renderTable } from './frame/table.ts';
import { wrappedPage } from './frame/wrap.ts';
import { acknowledgedLines, type LostStyle, lostLine } from './status/lost-lines.ts';

export const watch = defineCommand({
  path: 'watch',
  summary: 'Show the soft-deleted keys with their countdown, and the lost ones',
  details: [
    'It changes nothing and sends no events; that is for the app. When an HSM, or what is stored about it, cannot be read, the first line says so (`CANNOT TELL: …`) and the exit code is 2: the keys of the others are shown, and of that one nothing is known.',
    'Lost keys, which were purged and which no backup brings back, are shown below; ack FINDING acknowledges one.',
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
    const connection = await withAddedHsms(await connect(context, given), context, given);
    const hsms = chosenHsms(requireConfig(connection), given.hsm);
    const scan = () => judgeHsms(connection, hsms, context);
    const style = { connection, now: context.clock.now(), paint: paintFor(context, context.stdout) };
    if (!given.follow) return watchAnswer(await scan(), style);
    return follow(context, given.every * 1000, scan, connection);
  },
});

/** Shows one scan after the other; Ctrl-C is the way out, and no failure. */
async function follow(
  context: CliContext,
  everyMs: number,
  next: () => Promise<readonly HsmStatus[]>,
  connection: Connection,
): Promise<Answer> {
  const { stdout, clock, signal } = context;
  try {
    for (;;) {
      const statuses = await next();
      if (stdout.isTTY === true) stdout.write('\u001b[2J\u001b[H');
      stdout.write(`${when(clock.now())}\n${page(statuses, context, connection)}\n`);
      if (stdout.closed === true) return {};
      await clock.sleep(everyMs, signal);
    }
  } catch (error) {
    if (isWardenError(error, 'aborted')) return {};
    throw error;
  }
}

/** The answer of one scan. */
export function watchAnswer(statuses: readonly HsmStatus[], style: LostStyle): Answer {
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
      lost: seen.length === 0 ? null : lossesOf(seen, ({ lost }) => lost),
      acknowledged: seen.length === 0 ? null : lossesOf(seen, ({ acknowledged }) => acknowledged),
      troubles,
    },
    table: tableOf(seen),
    doubts: troubles.flatMap(doubtsOf),
    page: (show, wrap) => keysPage(statuses, show, wrap, style),
    exit: troubles.length === 0 ? 'done' : 'unknown',
  };
}

function page(statuses: readonly HsmStatus[], context: CliContext, connection: Connection): string {
  const paint = paintFor(context, context.stdout);
  const doubts = troublesOf(statuses).flatMap(doubtsOf);
  const style = { width: context.stdout.columns, now: context.clock.now(), utc: false };
  const show = (table: Table) => renderTable(table, style);
  return [
    ...doubts.map((line) => `${line}\n`),
    keysPage(statuses, show, (text) => wrappedPage(text, style.width), {
      connection,
      now: style.now,
      paint,
    }),
  ]
    .join('')
    .replaceAll(/\b(CANNOT TELL|critical|high)\b/g, (word) => paint('red', word))
    .replaceAll(/\bwarning\b/g, (word) => paint('yellow', word));
}

/** The soft-deleted and the lost keys of the HSMs that could be read; of the others nothing is said here. */
function keysPage(
  statuses: readonly HsmStatus[],
  show: (table: Table) => string,
  wrap: (text: string) => string,
  style: LostStyle,
): string {
  const seen = statuses.filter(wasSeen);
  if (seen.length === 0) return '';
  const where = seen.length === statuses.length ? '' : ` on ${seen.map(({ hsm }) => hsm).join(', ')}`;
  const deleted = seen.some((one) => one.deleted.length > 0)
    ? show(peopleTable(seen))
    : `No key is soft-deleted${where}.\n`;
  const lost = seen.flatMap((one) => {
    const lines = [...one.lost.map((loss) => lostLine(loss, style)), ...acknowledgedLines(one)];
    return lines.length === 0 ? [] : [`${one.hsm}:`, ...lines];
  });
  return lost.length === 0 ? deleted : `${deleted}\n${wrap(lost.join('\n'))}\n`;
}

/** The losses of each HSM with its name, and with times people can read. */
function lossesOf<Loss extends LostKey>(
  seen: readonly SeenStatus[],
  of: (one: SeenStatus) => readonly Loss[],
) {
  return seen.flatMap((one) =>
    of(one).map((loss) => ({ hsm: one.hsm, ...loss, noticedAt: when(loss.noticedAt) })),
  );
}

function afterPurge({ backup }: DeletedKeyStatus): 'lost' | 'restore' {
  return backup === undefined ? 'lost' : 'restore';
}

/** For people: one column says when the purge is, by how far it is or, with --utc, exactly. */
function peopleTable(statuses: readonly SeenStatus[]): Table {
  const { columns, rows } = tableOf(statuses);
  const without = (cells: readonly Cell[]) => cells.filter((_, place) => columns[place] !== 'PurgedIn');
  return {
    columns: columns
      .filter((title) => title !== 'PurgedIn')
      .map((title) => (title === 'PurgedAt' ? 'Purged' : title)),
    rows: rows.map(without),
  };
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
