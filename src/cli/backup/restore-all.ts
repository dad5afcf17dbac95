/** `hsm-warden backup restore-all`: break glass. Restores every key of an HSM from its backups, at the set pace, and proves each. */
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { forEachConcurrently } from '../../core/concurrency.ts';
import { WardenError } from '../../core/errors.ts';
import { matches } from '../../core/model/selection.ts';
import type { BackupStore, StoredBackup } from '../../core/ports.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { isoTime } from '../../core/time.ts';
import { observe } from '../../features/watch/observe/observe.ts';
import { AddressOptions, HSM_OPTIONS, hsmAddress } from '../connect/address.ts';
import { cliLogger, keyServiceOn, openStore, pacerFor } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import type { Answer } from '../frame/command.ts';
import { defineCommand } from '../frame/define.ts';
import { Moment } from '../frame/moment.ts';
import { numberFrom } from '../frame/option-values.ts';
import { startProgress } from '../frame/progress.ts';
import { restoreOne } from './restore-key.ts';
import { countRestored, type RestoredKey, type RestoreReport } from './restore-report.ts';

/** Keys under way at once; the pace limits the load. */
const AT_ONCE = 16;

export const backupRestoreAll = defineCommand({
  path: 'backup restore-all',
  summary: 'Break glass: restore every key of an HSM from its backups',
  details: [
    'Reads the backups themselves, so neither the app nor its state is needed. The target must share the security domain of the HSM the backups are of. A key that is active already is only proven; a soft-deleted one is recovered; all others are restored. Each is proven by the public keys of all its versions. A damaged backup is passed over for the one before it. It can be interrupted and run again.',
    'Exit code 0 only when every key is there and proven. The report says what became of each.',
  ],
  format: 'table',
  options: [
    {
      flags: '--from <name>',
      description: 'the HSM the backups are of, by its name in the settings of then',
    },
    ...HSM_OPTIONS,
    { flags: '--as-of <when>', description: 'use the newest backups captured at or before this moment' },
    { flags: '--only <patterns...>', description: 'only keys whose names match, with * for any characters' },
    { flags: '--pace <n>', description: 'restores a second, at most 10 (default: 8)' },
    {
      flags: '--report <path>',
      description: 'where to write the report (default: restore-FROM-TIME.json here)',
    },
    { flags: '--dry-run', description: 'only say what would be done' },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden backup restore-all --from contoso --hsm-name contoso-new --dry-run',
    'hsm-warden backup restore-all --from contoso --id https://contoso-new.managedhsm.azure.net/ --report restore.json',
  ],
  interrupted: 'what was restored stays. Run the same command again: it goes on from there.',
  schema: z.object({
    ...AddressOptions,
    ...ConnectionOptions,
    from: z.string('expected the name of an HSM').min(1),
    asOf: Moment.optional(),
    only: z.array(z.string()).default(['*']),
    // The service takes 10 restores a second from everybody together (Managed HSM service limits).
    pace: numberFrom(0.1, 10, 'restores a second').default(8),
    report: z.string().min(1).optional(),
    dryRun: z.boolean().default(false),
  }),
  async run(context, given) {
    const { clock, signal } = context;
    const connection = await connect(context, given);
    const address = hsmAddress(given, connection);
    const { backups } = openStore(connection, requireConfig(connection), context);
    const asOf = given.asOf?.getTime() ?? Number.POSITIVE_INFINITY;
    const byKey = await candidates(backups, given.from, asOf, given.only, signal);
    if (byKey.size === 0) throw nothing(given.from);
    const keys = keyServiceOn(connection, address, clock);
    const seen = await observe({ keys, clock, logger: cliLogger(context), retry: DEFAULT_RETRY }, signal);
    const presenceOf = (key: string) =>
      seen.active.has(key) ? 'active' : seen.deleted.has(key) ? 'deleted' : 'absent';
    if (given.dryRun) return plan(byKey, presenceOf);

    const deps = { keys, backups, pacer: pacerFor(given.pace, clock), clock };
    const startedAt = clock.now();
    const done: RestoredKey[] = [];
    const progress = startProgress(context, `Restoring into ${address.hsm}`);
    let stopped: unknown;
    try {
      await forEachConcurrently(each(byKey), AT_ONCE, async ([key, found]) => {
        done.push(await restoreOne(deps, key, presenceOf(key), found, signal));
        progress.update(done.length, byKey.size, `${countRestored(done).failed} failed`);
      });
    } catch (error) {
      // What was done is worth a report, whatever stopped it.
      stopped = error;
    } finally {
      progress.close();
    }
    const endedAt = clock.now();
    const counts = countRestored(done);
    const report: RestoreReport = {
      format: 1,
      source: given.from,
      target: { hsm: address.hsm, url: address.url },
      ...(given.asOf === undefined ? {} : { asOf: given.asOf.toISOString() }),
      startedAt: isoTime(startedAt),
      endedAt: isoTime(endedAt),
      pace: { set: given.pace, reached: rate(counts.restored + counts.recovered, endedAt - startedAt) },
      complete: done.length === byKey.size && counts.failed === 0,
      counts,
      keys: done.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    };
    const path =
      given.report ?? `restore-${given.from}-${isoTime(startedAt).replaceAll(/[-:]|\.\d+/g, '')}.json`;
    await writeFile(path, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
    context.stderr.write(`Report: ${path}\n`);
    if (stopped !== undefined) throw stopped;
    return answer(report, byKey.size);
  },
});

function answer(report: RestoreReport, wanted: number): Answer {
  const { counts, keys, complete, pace, target } = report;
  const failed = keys.flatMap(({ key, problem }) =>
    problem === undefined ? [] : [`  ${key} (${problem.code}): ${problem.message}`],
  );
  const { restored, recovered, present } = counts;
  return {
    data: report,
    table: {
      columns: ['Key', 'Outcome', 'Versions', 'Verified', 'CapturedAt'],
      rows: keys.map((one) => [one.key, one.outcome, one.versions, one.verified, one.capturedAt]),
    },
    page: [
      `${restored + recovered + present} of ${wanted} keys are on HSM ${target.hsm}, each proven: ${restored} restored, ${recovered} recovered, ${present} there before.`,
      `${pace.reached} a second (set: ${pace.set}).`,
      ...(failed.length === 0 ? [] : ['Not brought back:', ...failed]),
      ...(complete ? ['Next: put the HSM into WARDEN_HSMS, then hsm-warden backup run.'] : []),
    ].join('\n'),
    exit: complete ? 'done' : 'failed',
  };
}

function plan(
  byKey: ReadonlyMap<string, readonly StoredBackup[]>,
  presenceOf: (key: string) => string,
): Answer {
  const acts: Readonly<Record<string, string>> = { active: 'prove', deleted: 'recover', absent: 'restore' };
  const keys = [...byKey].map(([key, [newest]]) => ({
    key,
    action: acts[presenceOf(key)],
    blob: newest?.blob,
    capturedAt: newest === undefined ? undefined : isoTime(newest.record.capturedAt),
  }));
  return {
    data: { keys },
    table: {
      columns: ['Key', 'Action', 'CapturedAt', 'Blob'],
      rows: keys.map(({ key, action, capturedAt, blob }) => [key, action, capturedAt, blob]),
    },
  };
}

/** All backups by key, newest first. */
async function candidates(
  backups: BackupStore,
  hsm: string,
  asOf: number,
  only: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly StoredBackup[]>> {
  const byKey = new Map<string, StoredBackup[]>();
  for await (const page of backups.list(hsm, undefined, signal)) {
    for (const backup of page) {
      const { key, capturedAt } = backup.record;
      if (capturedAt > asOf || !only.some((pattern) => matches(key, pattern))) continue;
      byKey.set(key, [...(byKey.get(key) ?? []), backup]);
    }
  }
  for (const found of byKey.values()) found.sort((a, b) => b.record.capturedAt - a.record.capturedAt);
  return byKey;
}

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

function rate(count: number, ms: number): number {
  return ms === 0 ? 0 : Math.round((count / ms) * 10_000) / 10;
}

function nothing(from: string): WardenError {
  return new WardenError('nothing-to-restore', {
    message: `There are no such backups of HSM ${from}.`,
    advice: 'The name is that of the settings when the backups were taken: the first part of the blob names.',
  });
}
