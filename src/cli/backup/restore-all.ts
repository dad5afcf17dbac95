/** `hsm-warden backup restore-all`: break glass. Restores every key of an HSM from its backups, at the set pace, and proves each. */
import { z } from 'zod';
import { forEachConcurrently } from '../../core/concurrency.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { isLoopback } from '../../core/settings/kinds.ts';
import { isoTime } from '../../core/time.ts';
import { observe } from '../../features/watch/observe/observe.ts';
import { AddressOptions, HSM_OPTIONS, type HsmAddress, hsmAddress } from '../connect/address.ts';
import { cliLogger, keyServiceOn, openStore, pacerFor } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { askLine } from '../frame/ask.ts';
import type { CommandContext } from '../frame/context.ts';
import { defineCommand } from '../frame/define.ts';
import { GuardRefusal } from '../frame/failures.ts';
import { Moment } from '../frame/moment.ts';
import { numberFrom } from '../frame/option-values.ts';
import { startProgress } from '../frame/progress.ts';
import { openReport } from './report-file.ts';
import { planAnswer, planText, restoreAnswer } from './restore-answer.ts';
import { candidatesOf } from './restore-candidates.ts';
import { restoreOne } from './restore-key.ts';
import { countRestored, type RestoredKey, type RestoreReport } from './restore-report.ts';

/** Keys under way at the same time; the pace limits the load. */
const AT_ONCE = 16;

export const backupRestoreAll = defineCommand({
  path: 'backup restore-all',
  summary: 'Break glass: restore every key of an HSM from its backups',
  details: [
    'Reads the backups themselves, so neither the app nor its state is needed. The target must share the security domain of the HSM the backups are of. A key that is active already is only proven; a soft-deleted one is recovered; all others are restored. Each is proven by the public keys of all its versions. A damaged backup is passed over for the one before it. Where the settings pin sealing keys (those that `seal export` printed, set as WARDEN_SEAL_PUBLIC_KEYS), only sealed backups are used. It can be interrupted and run again.',
    'Exit code 0 only when every key is there and proven. The report says what became of each; its file is opened first, so that no outcome is lost. With -o json the progress on standard error is JSON, too, a line each.',
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
    {
      flags: '--accept-unsealed',
      description:
        'use backups without a good seal too, where there is no other; their keys are marked unproven',
    },
    { flags: '--dry-run', description: 'only say what would be done' },
    { flags: '--yes', description: 'do not ask for the name of an HSM that is not on this machine' },
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
    acceptUnsealed: z.boolean().default(false),
    dryRun: z.boolean().default(false),
    yes: z.boolean().default(false),
    output: z.string().optional(),
  }),
  async run(context, given) {
    const { clock, signal } = context;
    const connection = await connect(context, given);
    const config = requireConfig(connection);
    const address = hsmAddress(given, connection);
    const store = openStore(connection, config, context);
    const from =
      config.hsms.find(({ name }) => name.toLowerCase() === given.from.toLowerCase())?.name ?? given.from;
    const asOf = given.asOf?.getTime() ?? Number.POSITIVE_INFINITY;
    const { only, acceptUnsealed } = given;
    const wanted = { from, asOf, only, acceptUnsealed };
    const { byKey, evidenceOf } = await candidatesOf(store, wanted, signal);
    const keys = keyServiceOn(connection, address, clock);
    const seen = await observe({ keys, clock, logger: cliLogger(context), retry: DEFAULT_RETRY }, signal);
    const presenceOf = (key: string) =>
      seen.active.has(key) ? 'active' : seen.deleted.has(key) ? 'deleted' : 'absent';
    const plan = { from, target: address.hsm, byKey, evidenceOf, presenceOf, pace: given.pace };
    if (given.dryRun) return planAnswer(plan);

    const startedAt = clock.now();
    const path = given.report ?? `restore-${from}-${isoTime(startedAt).replaceAll(/[-:]|\.\d+/g, '')}.json`;
    context.stderr.write(`Restoring ${planText(plan)}.\n`);
    if (!given.yes && !isLoopback(address.url)) await confirm(context, address);
    const file = await openReport(path);
    const { backups } = store;
    const deps = { keys, backups, pacer: pacerFor(given.pace, clock), clock, evidenceOf };
    const done: RestoredKey[] = [];
    const progress = startProgress(context, `Restoring into ${address.hsm}`, given.output === 'json');
    context.onInterrupt(
      () => `${done.length} of ${byKey.size} restored. Run the same command again: it goes on from there.`,
    );
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
      source: from,
      target: { hsm: address.hsm, url: address.url },
      ...(given.asOf === undefined ? {} : { asOf: given.asOf.toISOString() }),
      startedAt: isoTime(startedAt),
      endedAt: isoTime(endedAt),
      pace: { set: given.pace, reached: rate(counts.restored + counts.recovered, endedAt - startedAt) },
      complete: done.length === byKey.size && counts.failed === 0,
      counts,
      keys: done.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    };
    const isKept = await file.write(report, context.stderr);
    if (stopped !== undefined) throw stopped;
    return restoreAnswer(report, byKey.size, isKept);
  },
});

/** An HSM elsewhere is somebody's: its name is to be typed. Fails with GuardRefusal. */
async function confirm(context: CommandContext, { hsm, url }: HsmAddress): Promise<void> {
  const answer = await askLine(context, `Type the name of the HSM (${hsm}, at ${url}) to go on: `);
  if (answer?.trim() === hsm) return;
  throw new GuardRefusal(
    'Nothing was restored: the name of the HSM was not typed.',
    'Type it exactly, or add --yes.',
  );
}

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

function rate(count: number, ms: number): number {
  return ms === 0 ? 0 : Math.round((count / ms) * 10_000) / 10;
}
