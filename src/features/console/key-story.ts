/** What happened to one key, on one line of time, from the backups, the watch and the requests. */
import { definedOnly } from '../../core/defined-only.ts';
import { isWardenError } from '../../core/errors.ts';
import { NameMap } from '../../core/model/key-name.ts';
import type { BackupStore, StoredBackup } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';
import type { RecoveryRecord } from '../recovery/model/record.ts';
import { type CatalogueStore, readEntry } from '../recovery-points/catalogue.ts';
import { readVerification } from '../verify/verify-state.ts';
import type { Caller as HsmCaller } from '../watch/model/events.ts';
import { readWatchState } from '../watch/model/watch-state.ts';
import type { KeyBackup, KeyStory, TimelineEvent } from './model/keys.ts';
import { waitingOf } from './requests.ts';

const MOST_EVENTS = 500;
const MOST_BACKUPS = 200;

/** What a story is made from. */
export interface StoryDeps {
  readonly store: CatalogueStore;
  readonly backups: BackupStore;
}

type Told = Omit<KeyStory, 'line' | 'asOf'>;

/** The story. A source that cannot be read is named and hides no other. Fails with nothing but faults of ours. */
export async function tellStory(
  deps: StoryDeps,
  { hsm, key }: { readonly hsm: string; readonly key: string },
  records: readonly RecoveryRecord[],
): Promise<Told> {
  const unknown: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!isWardenError(error)) throw error;
      unknown.push(`${what} could not be read: ${error.message}`);
      return otherwise;
    }
  };
  const [stored, newest, verify, watched, judge] = await Promise.all([
    attempt('The backups', () => listBackups(deps, hsm, key), []),
    attempt('The catalogue', () => readEntry(deps.store, hsm, key), undefined),
    attempt('The last verification', () => readVerification(deps.store, hsm), undefined),
    attempt('The memory of the watch', () => watchEvents(deps, hsm, key), []),
    attempt('The sealing keys', async () => deps.store.points?.judge(), undefined),
  ]);
  const isSealing = deps.store.points !== undefined;
  const backups = stored.map((backup): KeyBackup => {
    const { blob, record } = backup;
    const verdict = judge?.(record);
    return {
      blob,
      capturedAt: isoTime(record.capturedAt),
      bytes: record.bytes,
      versions: record.versions.length,
      sealed: isSealing ? verdict?.good === true : null,
      ...(verdict?.good === false ? { why: verdict.why } : {}),
      damaged: Object.hasOwn(verify?.damaged ?? {}, blob),
      newest: blob === newest?.blob,
    };
  });
  const events = [
    ...backups.map(backupEvent),
    ...versionEvents(stored),
    ...backups.flatMap(({ blob }) => damageEvent(blob, verify?.damaged[blob])),
    ...watched,
    ...records.flatMap(requestEvents),
  ].sort((a, b) => (a.at < b.at ? 1 : -1));
  return {
    timeline: events.slice(0, MOST_EVENTS),
    truncated: events.length > MOST_EVENTS,
    backups: backups.slice(0, MOST_BACKUPS),
    requests: records.map(waitingOf),
    unknown,
  };
}

/** All backups of the key, newest first. */
async function listBackups(
  { backups }: StoryDeps,
  hsm: string,
  key: string,
): Promise<readonly StoredBackup[]> {
  const found: StoredBackup[] = [];
  for await (const page of (backups.all ?? backups).list(hsm, key)) found.push(...page);
  return found.sort((a, b) => b.record.capturedAt - a.record.capturedAt);
}

function backupEvent({ blob, capturedAt, versions, sealed, damaged }: KeyBackup): TimelineEvent {
  const state = damaged ? ', damaged' : sealed === false ? ', without a good seal' : '';
  return {
    at: capturedAt,
    kind: 'backup',
    text: `Backed up with ${versions} version${versions === 1 ? '' : 's'}${state}`,
    blob,
    damaged,
    ...(sealed === null ? {} : { sealed }),
  };
}

/** A version is known from the first backup that holds it: it was made before that. */
function versionEvents(newestFirst: readonly StoredBackup[]): TimelineEvent[] {
  const seen = new Set<string>();
  return newestFirst.toReversed().flatMap(({ record }) =>
    record.versions.flatMap(({ version }, index): TimelineEvent[] => {
      if (seen.has(version)) return [];
      seen.add(version);
      const isNewest = index === record.versions.length - 1;
      const text = isNewest
        ? `Version ${version} was made`
        : `Version ${version} was there when it was first backed up`;
      return [
        { at: isoTime(isNewest ? record.createdAt : record.capturedAt), kind: 'version', text, version },
      ];
    }),
  );
}

function damageEvent(blob: string, at: number | undefined): TimelineEvent[] {
  return at === undefined
    ? []
    : [
        {
          at: isoTime(at),
          kind: 'damage',
          text: `The verification found the backup ${blob} damaged`,
          blob,
          damaged: true,
        },
      ];
}

async function watchEvents({ store }: StoryDeps, hsm: string, key: string): Promise<TimelineEvent[]> {
  const { keys, purges } = await readWatchState(store, hsm);
  const known = new NameMap(Object.entries(keys)).get(key);
  const purge = new NameMap(Object.entries(purges)).get(key);
  const deleted = (at: number, by: HsmCaller | undefined): TimelineEvent => ({
    at: isoTime(at),
    kind: 'deleted',
    text: 'Deleted',
    ...definedOnly({ by: callerText(by) }),
  });
  return [
    ...(known?.state === 'deleted' ? [deleted(known.deletedAt, known.deletedBy)] : []),
    ...(known?.state === 'deleted' && known.lastUse !== undefined
      ? [
          {
            at: isoTime(known.lastUse.at),
            kind: 'use-while-deleted' as const,
            text: `Somebody tried to use it while it is deleted (${known.lastUse.operation})`,
            ...definedOnly({ by: callerText(known.lastUse.caller) }),
          },
        ]
      : []),
    ...(purge?.deletedAt === undefined ? [] : [deleted(purge.deletedAt, purge.deletedBy)]),
    ...(purge === undefined
      ? []
      : [
          {
            at: isoTime(purge.at),
            kind: 'purged' as const,
            text:
              purge.lost === undefined
                ? 'Purged; a backup brings it back'
                : purge.lost === 'key'
                  ? 'Purged; no backup brings it back'
                  : 'Purged; no backup holds its newest version',
            ...definedOnly({ by: callerText(purge.purgedBy) }),
          },
        ]),
  ];
}

function callerText(caller: HsmCaller | undefined): string | undefined {
  return caller?.upn ?? caller?.objectId ?? caller?.appId;
}

const ENDS = {
  failed: ['failed', 'It failed'],
  'restored-other-key': ['failed', 'Another key than the approved one came back'],
  rejected: ['rejected', 'The request was rejected'],
  cancelled: ['cancelled', 'The request was cancelled'],
  expired: ['expired', 'The time of the request ran out'],
} as const;

function requestEvents(record: RecoveryRecord): TimelineEvent[] {
  const { id, state, operation, requester, createdAt, approvals, endedAt, outcome } = record;
  const about = { recoveryId: id };
  const asked = {
    at: isoTime(createdAt),
    kind: 'requested' as const,
    text: `Asked for (${operation.action})`,
    by: requester.name,
    ...about,
  };
  const votes = approvals.map(({ by, at }) => ({
    at: isoTime(at),
    kind: 'approved' as const,
    text: 'Approved',
    by: by.name,
    ...about,
  }));
  if (endedAt === undefined) return [asked, ...votes];
  if (state === 'succeeded') return [asked, ...votes, { at: isoTime(endedAt), ...success(record), ...about }];
  if (!Object.hasOwn(ENDS, state)) return [asked, ...votes];
  const [kind, words] = ENDS[state as keyof typeof ENDS];
  const text = outcome === undefined ? words : `${words}: ${outcome.message}`;
  return [asked, ...votes, { at: isoTime(endedAt), kind, text, ...about }];
}

/** What a success was, and no more: how many versions were verified is said in numbers. */
function success({ operation, outcome }: RecoveryRecord): Pick<TimelineEvent, 'kind' | 'text'> {
  if (operation.action === 'adopt') {
    return { kind: 'adopted', text: 'The backup counts as a recovery point' };
  }
  const { versions, verified } = outcome ?? {};
  const proven =
    versions === undefined || verified === undefined
      ? 'how many versions were verified is not known'
      : `${verified} of ${versions} version${versions === 1 ? '' : 's'} verified`;
  return { kind: 'recovered', text: `Brought back; ${proven}` };
}
