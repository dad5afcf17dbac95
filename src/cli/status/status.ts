/** `hsm-warden status`: one screen that says whether every key is safe, and an exit code that says so too. */
import { z } from 'zod';
import { isWardenError } from '../../core/errors.ts';
import { withDrills } from '../../features/status/drilled.ts';
import { isSafe, isSealed, overallVerdict, wasSeen } from '../../features/status/hsm-status.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { doubtsOf } from '../connect/doubts.ts';
import { judgeHsms, troublesOf } from '../connect/judge-hsms.ts';
import { chosenHsms, HSM_CHOICE, HsmChoice } from '../connect/warden-options.ts';
import { withAddedHsms } from '../connect/with-added-hsms.ts';
import type { OptionSpec } from '../frame/command.ts';
import type { CliContext } from '../frame/context.ts';
import { defineCommand } from '../frame/define.ts';
import { explain } from '../frame/failures.ts';
import { doubtsAbout } from '../notify/channels.ts';
import { readChannels, standingsOf } from './channels.ts';
import { drillsOf } from './drill-lines.ts';
import { fleetFacts } from './fleet-lines.ts';
import { lastScanAnswer, lastScans } from './last-scan.ts';
import { readQueued } from './queued.ts';
import { statusPage } from './status-page.ts';
import { waitingRequests } from './waiting.ts';

const LAST_SCAN: OptionSpec = {
  flags: '--last-scan',
  description: 'say what the last scans saw; ask no HSM and list no backups',
};
const EXITS = { safe: 'done', 'at-risk': 'failed', unknown: 'unknown' } as const;

export const status = defineCommand({
  path: 'status',
  summary: 'Say whether every key is safe',
  details: [
    'Reads every HSM that is protected and what is stored about it, lists its backups and reads the newest one, and changes nothing. Exit code 0, and `safe` in JSON: every key has a good backup of its newest version, which is in the store now, and none is lost. 1: at least one has not, is soft-deleted without one, or is lost. 2: it cannot be known, and the first line says why.',
    'Where the settings pin no sealing key it says `not sealed` beside the verdict, and `sealed` in JSON is false: whoever can write the storage could have made it up. The same where the time of the last scan, run or verification has no good seal; it is `not known` then, and `doubts` in JSON says why.',
    'A channel to people that accepts nothing, or never did, is shown with the command to try it, and one on which messages are held up for a quarter of an hour with since when and why; so are messages that the backup app does not take out of its queue. None of that changes `safe` or the exit code.',
    'With --last-scan it says what the console says: what the last scans saw, and how old that is. It asks no HSM and lists no backups, so that it is quick for a fleet; `safe` and the exit code are then of the time of the scans, and one that is late is not known to be safe.',
    'LOST is a key that was purged and that no backup brings back. It stays, and so does exit code 1, until somebody who may approve recoveries acknowledges it: ack FINDING.',
  ],
  format: 'table',
  options: [HSM_CHOICE, LAST_SCAN, ...CONNECTION_OPTIONS],
  examples: [
    'hsm-warden status',
    'hsm-warden status --hsm contoso -o json',
    'hsm-warden status --last-scan',
    'hsm-warden status --emulator',
  ],
  schema: z.object({ ...HsmChoice, lastScan: z.boolean().optional(), ...ConnectionOptions }),
  async run(context, given) {
    const reached = await connect(context, given);
    const joined = await orDoubt('HSMs that were added', context, () =>
      withAddedHsms(reached, context, given),
    );
    const connection = joined.value ?? reached;
    const config = requireConfig(connection);
    const hsms = chosenHsms(config, given.hsm);
    const store = openStore(connection, config, context);
    if (given.lastScan === true) {
      const names = hsms.map(({ name }) => name);
      const seen = await lastScans(store, config, names, context);
      const { verdict, ...answer } = lastScanAnswer(seen, joined.value !== undefined, context);
      return { ...answer, doubts: joined.doubts, exit: EXITS[verdict] };
    }
    const [judged, requests, channelsRead, queued, drilled, searched] = await Promise.all([
      judgeHsms(connection, hsms, context),
      orDoubt('recovery requests', context, () => waitingRequests(store, context)),
      orDoubt('channels to people', context, () => readChannels(config, store)),
      orDoubt('queue of the notifications', context, () => readQueued(store, context.clock.now())),
      orDoubt('results of drills', context, () =>
        drillsOf(store, config, hsms, context.clock.now(), context.signal),
      ),
      orDoubt('HSMs that were found', context, () =>
        fleetFacts(store, config, context.clock.now(), context.signal),
      ),
    ]);
    const waiting = requests.value?.filter(({ hsm }) => hsms.some(({ name }) => name === hsm));
    const channels = channelsRead.value && standingsOf(channelsRead.value, context.clock.now());
    const drills = drilled.value;
    const statuses = judged.map((one) => withDrills(one, drills?.get(one.hsm)));
    // One that was added may be missing: then nobody knows whether every key is safe.
    const isWhole = joined.value !== undefined;
    const judgedVerdict = overallVerdict(statuses);
    const verdict = judgedVerdict === 'safe' && !isWhole ? 'unknown' : judgedVerdict;
    // Of an HSM that could not be read nothing is known to be zero; what drills have shown of it is.
    const unread = new Set(statuses.filter((one) => !wasSeen(one)).map(({ hsm }) => hsm));
    const tried = [...(drills ?? [])].filter(([hsm, { lastAt }]) => lastAt !== undefined || !unread.has(hsm));
    return {
      data: {
        safe: isWhole && isSafe(statuses),
        sealed: isSealed(statuses),
        verdict,
        hsms: statuses,
        waiting: waiting ?? null,
        channels: channels ?? null,
        queued: queued.value ?? null,
        fleet: searched.value ?? null,
        drills: drills === undefined ? null : Object.fromEntries(tried),
      },
      doubts: [
        ...joined.doubts,
        ...troublesOf(statuses).flatMap(doubtsOf),
        ...requests.doubts,
        ...channelsRead.doubts,
        ...doubtsAbout(channelsRead.value ?? []),
        ...queued.doubts,
        ...drilled.doubts,
        ...searched.doubts,
      ],
      table: {
        columns: ['Hsm', 'Verdict', 'Active', 'Covered', 'Excluded', 'Risks', 'Deleted', 'Lost'],
        rows: statuses.map((one) =>
          wasSeen(one)
            ? [
                ...[one.hsm, one.verdict, one.active, one.covered, one.excluded],
                ...[one.risks.length, one.deleted.length, one.lost.length],
              ]
            : [one.hsm, one.verdict, ...Array<undefined>(6).fill(undefined)],
        ),
      },
      page: statusPage(
        {
          ...{ statuses, verdict, waiting, connection, drills },
          ...{ channels: channels ?? [], queued: queued.value, fleet: searched.value },
        },
        context,
      ),
      exit: EXITS[verdict],
    };
  },
});

/** What `read` finds; where it cannot be read, that is said, and the keys are judged all the same. */
async function orDoubt<T>(
  of: string,
  context: CliContext,
  read: () => Promise<T>,
): Promise<{ readonly value?: T; readonly doubts: readonly string[] }> {
  try {
    return { value: await read(), doubts: [] };
  } catch (error) {
    if (!isWardenError(error) || context.signal.aborted || error.code === 'signed-out') throw error;
    const { code, message } = explain(error);
    return {
      doubts: [
        `CANNOT TELL: the ${of} could not be read (${error.reason ?? code})`,
        `  ${message} (${code})`,
      ],
    };
  }
}
