/** `hsm-warden drill run`: asks the drill app for a drill now, and waits for what comes of it. */
import { z } from 'zod';
import { KeyName } from '../../core/model/names.ts';
import { runIdentifier } from '../../features/backup/start-runs.ts';
import { DRILLS, type DrillRequest } from '../../features/drill/message.ts';
import type { DrillRun } from '../../features/drill/model/drill-state.ts';
import type { Config } from '../../platform/config/config.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { withAddedHsms } from '../connect/with-added-hsms.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { awaitRun } from './await-run.ts';
import { chosenSites, readAllResults } from './results.ts';
import { answerOf } from './run-answer.ts';

export const drillRun = defineCommand({
  path: 'drill run',
  summary: 'Prove now that recovery points restore',
  details: [
    'Asks the drill app, which alone may use keys in the drill HSM, and waits. Without an option it drills what a night would; --all drills every key, --sample so many of those that wait longest.',
    'Exit code 1 when a key fails or is blocked, is left when the time is over, or stays in the drill HSM, and when what was asked for has no recovery point. With -o json: a line of JSON for each key, and the counts in the last line. `unusable` counts the keys that nobody can use, for they are disabled, expired or not valid yet: they are restored and compared, and `metadataOnly` does not count them.',
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
    const connection = await withAddedHsms(await connect(context, given), context, given);
    const config = requireConfig(connection);
    const sites = chosenSites(config, given.hsm);
    const what = requestOf(given);
    const store = openStore(connection, config, context);
    const runs: DrillRun[] = [];
    const runId = runIdentifier(context.clock.now(), 'manual');
    for (const { name } of sites) {
      await store.drillQueue.send(DRILLS, { kind: 'drill', drillHsm: name, runId, what });
      const awaited = { drillHsm: name, runId, budgetMs: config.budgetMs };
      const ports = { state: store.state, clock: context.clock };
      runs.push(await awaitRun(ports, awaited, context.signal));
    }
    const results = (await readAllResults(store, config, context.signal))
      .map(({ last }) => last)
      .filter((result) => result.runId === runId);
    return { ...answerOf(what, runs, results), doubts: undrilled(config, given.hsm) };
  },
});

/** The protected HSMs that no drill HSM is named for, a sentence each: nothing of them is proven. */
function undrilled({ hsms, drill }: Config, hsm: string | undefined): readonly string[] {
  const drilled = new Set(drill.hsms.flatMap(({ of }) => of));
  return hsms
    .filter(({ name }) => hsm === undefined && !drilled.has(name))
    .map(({ name }) => `NOT DRILLED: HSM ${name}, for no drill HSM is named for it (WARDEN_DRILL_HSMS).`);
}

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
