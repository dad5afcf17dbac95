/** `hsm-warden drill run`: asks the drill app for a drill now, and waits for what comes of it. */
import { z } from 'zod';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { WardenError } from '../../core/errors.ts';
import { KeyName } from '../../core/model/names.ts';
import { runIdentifier } from '../../features/backup/start-runs.ts';
import { DRILLS, type DrillRequest } from '../../features/drill/message.ts';
import { type DrillRun, readDrillState } from '../../features/drill/model/drill-state.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import type { Answer } from '../frame/command.ts';
import type { CommandContext } from '../frame/context.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { chosenSites, readAllResults } from './results.ts';

/** The app begins within this time, where it runs at all. Milliseconds. */
const BEGIN_MS = 5 * 60_000;
const POLL_MS = 500;

export const drillRun = defineCommand({
  path: 'drill run',
  summary: 'Prove now that recovery points restore',
  details: [
    'Asks the drill app, which alone may use keys in the drill HSM, and waits. Without an option it drills what a night would; --all drills every key, --sample so many of those that wait longest.',
    'Exit code 1 when a key fails or is blocked, or a key stays in the drill HSM. With -o json: a line of JSON for each key, and the counts in the last line. `unusable` counts the keys that nobody can use, for they are disabled, expired or not valid yet: they are restored and compared, and `metadataOnly` does not count them.',
  ],
  format: 'table',
  options: [
    { flags: '--hsm <name>', description: 'the HSM of --key; otherwise only keys of the drill HSM for it' },
    { flags: '--key <name>', description: 'only this key; needs --hsm' },
    { flags: '--all', description: 'every key, whether it is due or not' },
    { flags: '--sample <count>', description: 'so many keys, those that wait longest' },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden drill run',
    'hsm-warden drill run --hsm contoso --key payments-data',
    'hsm-warden drill run --all -o json',
  ],
  interrupted: 'the drill app goes on. Look at it with: hsm-warden drill list',
  schema: z.object({
    ...ConnectionOptions,
    hsm: z.string().min(1).optional(),
    key: KeyName.optional(),
    all: z.boolean().optional(),
    sample: z.coerce.number().int().positive().optional(),
  }),
  async run(context, given) {
    const connection = await connect(context, given);
    const config = requireConfig(connection);
    const sites = chosenSites(config, given.hsm);
    const what = requestOf(given);
    const store = openStore(connection, config, context);
    const runs: DrillRun[] = [];
    const runId = runIdentifier(context.clock.now(), 'manual');
    for (const { name } of sites) {
      await store.drillQueue.send(DRILLS, { kind: 'drill', drillHsm: name, runId, what });
      runs.push(await awaitRun(store.state, name, runId, context));
    }
    const results = (await readAllResults(store, config, context.signal))
      .map(({ last }) => last)
      .filter((result) => result.runId === runId);
    return answerOf(runs, results);
  },
});

interface Given {
  readonly hsm?: string | undefined;
  readonly key?: string | undefined;
  readonly all?: boolean | undefined;
  readonly sample?: number | undefined;
}

function requestOf({ hsm, key, all, sample }: Given): DrillRequest {
  if ([key, all, sample].filter((one) => one !== undefined).length > 1)
    throw new UsageError('Give one of --key, --all and --sample.');
  if (key !== undefined) {
    if (hsm === undefined) throw new UsageError('--key needs --hsm.');
    return { kind: 'key', hsm, key };
  }
  if (all === true) return { kind: 'all' };
  return sample === undefined ? { kind: 'due' } : { kind: 'sample', count: sample };
}

async function awaitRun(
  state: DocumentStore,
  drillHsm: string,
  runId: string,
  { clock, signal }: CommandContext,
): Promise<DrillRun> {
  const askedAt = clock.now();
  for (;;) {
    const { runs } = await readDrillState(state, drillHsm, signal);
    const run = runs.find((one) => one.runId === runId);
    if (run?.endedAt !== undefined) return run;
    if (run === undefined && clock.now() - askedAt > BEGIN_MS) {
      throw new WardenError('hsm-busy', {
        message: `The drill app has not begun the drill in HSM ${drillHsm} within ${BEGIN_MS / 60_000} minutes.`,
        advice:
          'Look whether the drill app runs, and whether another drill is under way: hsm-warden drill list.',
        hsm: drillHsm,
      });
    }
    await clock.sleep(POLL_MS, signal);
  }
}

function answerOf(runs: readonly DrillRun[], results: readonly ResultOf[]): Answer {
  const sum = (count: (run: DrillRun) => number) => runs.reduce((total, run) => total + count(run), 0);
  const refused = runs.flatMap((run) => run.refused ?? []);
  const summary = {
    proven: sum(({ proven }) => proven),
    metadataOnly: sum(({ metadataOnly, unusable }) => metadataOnly - unusable),
    failed: sum(({ failed }) => failed),
    blocked: sum(({ blocked }) => blocked),
    residue: sum(({ residue }) => residue),
    unusable: sum(({ unusable }) => unusable),
    left: sum(({ left = 0 }) => left),
    refused,
    seconds: sum(({ startedAt, endedAt = startedAt }) => endedAt - startedAt) / 1000,
  };
  const bad = summary.failed + summary.blocked + summary.residue + refused.length > 0;
  const lines = results.map(({ hsm, key, verdict, reasons }) => ({ hsm, key, verdict, reasons }));
  return {
    jsonLines: [...lines, summary],
    table: {
      columns: ['Hsm', 'Key', 'Verdict', 'Reasons'],
      rows: lines.map(({ hsm, key, verdict, reasons }) => [hsm, key, verdict, reasons.join(' ')]),
      wraps: true,
    },
    page: (show) =>
      [
        ...refused.map((reason) => `NO DRILL: ${reason}`),
        show({
          columns: ['Hsm', 'Key', 'Verdict', 'Reasons'],
          rows: lines.map(({ hsm, key, verdict, reasons }) => [hsm, key, verdict, reasons.join(' ')]),
          wraps: true,
        }),
        `${summary.proven} proven, ${summary.metadataOnly} metadata only, ${summary.unusable} of keys that nobody can use, ${summary.failed} failed, ${summary.blocked} blocked; ${summary.residue} keys left in the drill HSM.`,
      ].join('\n'),
    ...(bad && { exit: 'failed' as const }),
  };
}

type ResultOf = Awaited<ReturnType<typeof readAllResults>>[number]['last'];
