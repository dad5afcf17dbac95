/** `hsm-warden watch`: the soft-deleted keys with their countdown, and what would be left of each after its purge. */
import { z } from 'zod';
import { isWardenError } from '../core/errors.ts';
import { DEFAULT_RETRY } from '../core/retry.ts';
import type { HsmStatus } from '../features/status/hsm-status.ts';
import { judgeHsm } from '../features/status/judge-hsm.ts';
import type { HsmConfig } from '../platform/config/config.ts';
import { cliLogger, keyServiceOn, openStore } from './connect/compose-cli.ts';
import {
  CONNECTION_OPTIONS,
  type Connection,
  ConnectionOptions,
  connect,
  requireConfig,
} from './connect/connection.ts';
import {
  chosenHsms,
  duration,
  HSM_CHOICE,
  HsmChoice,
  watchPolicyOf,
  when,
} from './connect/warden-options.ts';
import type { Answer, Table } from './frame/command.ts';
import type { CliContext } from './frame/context.ts';
import { defineCommand } from './frame/define.ts';
import { renderTable } from './frame/render.ts';
import { paintFor } from './frame/style.ts';

export const watch = defineCommand({
  path: 'watch',
  summary: 'Show the soft-deleted keys with their countdown and what their backups cover',
  details: [
    'It changes nothing and sends no events; that is for the app. Exit code 2 when an HSM or the state cannot be read.',
  ],
  format: 'table',
  options: [
    HSM_CHOICE,
    { flags: '--follow', description: 'look again and again until Ctrl-C' },
    { flags: '--every <seconds>', description: 'how often --follow looks (default: 30)' },
    ...CONNECTION_OPTIONS,
  ],
  examples: ['hsm-warden watch', 'hsm-warden watch --hsm contoso --follow --every 10'],
  schema: z.object({
    ...HsmChoice,
    ...ConnectionOptions,
    follow: z.boolean().default(false),
    every: z.coerce.number().min(1).max(3600).default(30),
  }),
  async run(context, given) {
    const connection = await connect(context, given);
    const hsms = chosenHsms(requireConfig(connection), given.hsm);
    if (!given.follow) return answer(await look(connection, hsms, context));
    return follow(context, given.every * 1000, () => look(connection, hsms, context));
  },
});

/** Shows one look after the other; Ctrl-C is the way out, and no failure. */
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
      await clock.sleep(everyMs, signal);
    }
  } catch (error) {
    if (isWardenError(error, 'aborted')) return {};
    throw error;
  }
}

async function look(
  connection: Connection,
  hsms: readonly HsmConfig[],
  context: CliContext,
): Promise<readonly HsmStatus[]> {
  const config = requireConfig(connection);
  const { state } = openStore(connection, config, context);
  const { clock, signal } = context;
  const deps = { state, clock, logger: cliLogger(context), retry: DEFAULT_RETRY };
  const statuses: HsmStatus[] = [];
  for (const { name, url } of hsms) {
    const keys = keyServiceOn(connection, { hsm: name, url }, clock);
    statuses.push(await judgeHsm({ ...deps, keys }, watchPolicyOf(config), signal));
  }
  return statuses;
}

function answer(statuses: readonly HsmStatus[]): Answer {
  const troubles = statuses.flatMap(({ hsm, trouble }) =>
    trouble === undefined ? [] : [{ hsm, ...trouble }],
  );
  const keys = statuses.flatMap(({ hsm, deleted }) => deleted.map((one) => ({ hsm, ...one })));
  return {
    data: {
      keys: keys.map((one) => ({
        ...one,
        deletedAt: when(one.deletedAt),
        scheduledPurgeAt: when(one.scheduledPurgeAt),
      })),
      troubles,
    },
    table: tableOf(statuses),
    page: plainPage(statuses),
    exit: troubles.length === 0 ? 'done' : 'unknown',
  };
}

function page(statuses: readonly HsmStatus[], context: CliContext): string {
  const paint = paintFor(context, context.stdout);
  const text = plainPage(statuses);
  return text
    .replaceAll(/\b(critical|high)\b/g, (word) => paint('red', word))
    .replaceAll(/\bwarning\b/g, (word) => paint('yellow', word));
}

function plainPage(statuses: readonly HsmStatus[]): string {
  const troubles = statuses.flatMap(({ hsm, trouble }) =>
    trouble === undefined ? [] : [`HSM ${hsm} could not be seen (${trouble.code}): ${trouble.message}`],
  );
  const none = statuses.every(({ deleted }) => deleted.length === 0);
  const body = none ? 'No key is soft-deleted.\n' : renderTable(tableOf(statuses));
  return [body, ...troubles.map((line) => `${line}\n`)].join('');
}

function tableOf(statuses: readonly HsmStatus[]): Table {
  return {
    columns: ['Hsm', 'Key', 'PurgedIn', 'PurgedAt', 'Backup', 'Versions', 'AfterPurge', 'Severity'],
    rows: statuses.flatMap(({ hsm, deleted }) =>
      deleted.map((one) => [
        hsm,
        one.key,
        duration(one.leftMs),
        when(one.scheduledPurgeAt),
        one.coverage,
        `${one.versionsCovered}/${one.versionsKnown}`,
        one.backup === undefined ? 'lost' : 'restore',
        one.severity,
      ]),
    ),
  };
}
