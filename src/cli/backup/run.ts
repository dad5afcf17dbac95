/** `hsm-warden backup run`: the nightly run, now and in this process; or the backup of one key. */

import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError, WardenError } from '../../core/errors.ts';
import { Serializer } from '../../core/serializer.ts';
import { sweepPolicy } from '../../features/backup/manifest.ts';
import { type RunRecord, type RunSummary, readRun } from '../../features/backup/run-record.ts';
import { runIdentifier } from '../../features/backup/start-runs.ts';
import { sweep } from '../../features/backup/sweep.ts';
import type { HsmConfig } from '../../platform/config/config.ts';
import { unusable } from '../../platform/unusable-hsm.ts';
import { cliLogger, keyServiceOf, openStore, pacerFor } from '../connect/compose-cli.ts';
import {
  CONNECTION_OPTIONS,
  type Connection,
  ConnectionOptions,
  connect,
  requireConfig,
  sameWorld,
} from '../connect/connection.ts';
import { chosenHsms, HSM_CHOICE, HsmChoice } from '../connect/warden-options.ts';
import { withAddedHsms } from '../connect/with-added-hsms.ts';
import type { Answer } from '../frame/command.ts';
import type { CommandContext } from '../frame/context.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { startProgress } from '../frame/progress.ts';
import { backUpNow } from './good-backup.ts';

export const backupRun = defineCommand({
  path: 'backup run',
  summary: 'Back up every key now, or one',
  details: [
    'The same run as the nightly one, by the same code, but in this process and with your credential: it works while the app is down. Unchanged keys are left out. With --key one key is backed up in any case.',
  ],
  format: 'table',
  options: [
    HSM_CHOICE,
    { flags: '--key <name>', description: 'only this key; needs --hsm' },
    ...CONNECTION_OPTIONS,
  ],
  examples: ['hsm-warden backup run', 'hsm-warden backup run --hsm contoso --key payments-data'],
  interrupted: 'what was backed up is kept. Run the same command again: it goes on from there.',
  schema: z.object({ ...HsmChoice, ...ConnectionOptions, key: z.string().min(1).optional() }),
  async run(context, given) {
    const connection = await withAddedHsms(await connect(context, given), context, given);
    const hsms = chosenHsms(requireConfig(connection), given.hsm);
    if (given.key === undefined) return sweepAll(connection, hsms, context);
    const [hsm] = hsms;
    if (hsm === undefined || hsms.length > 1) throw new UsageError('--key needs --hsm.');
    const { name, url, pace, fault } = hsm;
    if (fault !== undefined) throw unusable(name, fault);
    const store = openStore(connection, requireConfig(connection), context);
    await backUpNow(connection, { store, pace }, { hsm: name, url, key: given.key }, context);
    context.stderr.write(`Backed up key ${given.key} of HSM ${name}.\n`);
    return {};
  },
});

async function sweepAll(
  connection: Connection,
  hsms: readonly HsmConfig[],
  context: CommandContext,
): Promise<Answer> {
  const runId = runIdentifier(context.clock.now(), 'manual');
  const runs: RunRecord[] = [];
  const unswept: WardenError[] = [];
  for (const hsm of hsms) {
    try {
      runs.push(await sweepOne(connection, hsm, runId, context));
    } catch (error) {
      // What keeps one HSM from being backed up keeps no other.
      const isOfAll = context.signal.aborted || isWardenError(error, 'signed-out', 'aborted');
      if (hsms.length === 1 || isOfAll || !isWardenError(error)) throw error;
      unswept.push(error);
      context.stderr.write(`${hsm.name} (${error.code}): ${error.message}\n`);
    }
  }
  const rows: (string | number | undefined)[][] = runs.map((run) => {
    const { keys, backedUp, unchanged, skipped, failed, refused } = run.counts;
    return [run.hsm, run.state, keys, backedUp, unchanged, skipped, failed + refused];
  });
  for (const { hsm } of unswept) rows.push([hsm, 'not run', ...Array<undefined>(5).fill(undefined)]);
  for (const run of runs) {
    for (const [key, { error }] of Object.entries(run.keys)) {
      if (error !== undefined) context.stderr.write(`${run.hsm}/${key} (${error.code}): ${error.message}\n`);
    }
  }
  return {
    data: {
      runId,
      runs,
      notRun: unswept.map(({ hsm, code, message }) => ({ ...definedOnly({ hsm }), code, message })),
    },
    table: { columns: ['Hsm', 'State', 'Keys', 'BackedUp', 'Unchanged', 'Skipped', 'Failed'], rows },
    exit: unswept.length === 0 && runs.every(({ state }) => state === 'succeeded') ? 'done' : 'failed',
  };
}

async function sweepOne(
  connection: Connection,
  hsm: HsmConfig,
  runId: string,
  context: CommandContext,
): Promise<RunRecord> {
  const config = requireConfig(connection);
  const { clock, signal } = context;
  const progress = startProgress(context, `Backing up ${hsm.name}`);
  const policy = sweepPolicy(config, hsm, ({ counts }) => {
    progress.update(counts.keys, undefined, 'keys checked');
    context.onInterrupt(
      () =>
        `${counts.backedUp} keys of ${hsm.name} backed up, of ${counts.keys} that were checked. Run the same command again: it goes on from there.`,
    );
  });
  const deps = {
    ...openStore(connection, config, context),
    keys: keyServiceOf(connection, hsm, clock),
    pacer: pacerFor(hsm.pace, clock),
    clock,
    logger: cliLogger(context),
    saves: new Serializer(),
    // The continuation is this very loop: no message goes to the app.
    queue: { send: async () => undefined },
  };
  try {
    for (;;) {
      const result = await sweep(deps, policy, { kind: 'sweep', hsm: hsm.name, runId }, signal);
      if (result.status === 'yielded') throw busy(hsm.name, sameWorld(connection));
      if (result.status !== 'continued') return await manifestOf(deps.state, result.run);
    }
  } finally {
    progress.close();
  }
}

/** The run with every key, as it was stored. */
async function manifestOf(state: DocumentStore, { hsm, runId }: RunSummary): Promise<RunRecord> {
  const run = await readRun(state, hsm, runId);
  if (run !== undefined) return run;
  throw new WardenError('state-corrupt', {
    message: `The record of run ${runId} over HSM ${hsm} is gone although the run has ended.`,
    advice: 'Whoever can write to the state container removed it; the backups themselves are not affected.',
    hsm,
  });
}

function busy(hsm: string, same: string): WardenError {
  return new WardenError('lease-held', {
    message: `Another worker is backing up HSM ${hsm} at this moment.`,
    advice: `Wait until it has ended (hsm-warden status --hsm ${hsm}${same}), then try again; a dead worker's lease lapses within a minute.`,
    hsm,
  });
}
