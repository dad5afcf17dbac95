/** What happened to one key, on one line of time, from the backups, the verification, the watch, the drills and the requests. */
import { isWardenError } from '../../core/errors.ts';
import type { BackupStore, StoredBackup } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';
import { type BelieveDeps, readResults } from '../drill/model/results.ts';
import type { RecoveryRecord } from '../recovery/model/record.ts';
import { type CatalogueStore, readEntry } from '../recovery-points/catalogue.ts';
import type { Judge } from '../recovery-points/point-seals.ts';
import { readVerification } from '../verify/verify-state.ts';
import { readWatchState } from '../watch/model/watch-state.ts';
import { drillEvents } from './drill-events.ts';
import { backupEvent, damageEvent, versionEvents, watchEvents } from './key-events.ts';
import type { KeyBackup, KeyStory } from './model/keys.ts';
import { requestEvents } from './request-events.ts';
import { waitingOf } from './requests.ts';

const MOST_EVENTS = 500;
const MOST_BACKUPS = 200;

/** What a story is made from. */
export interface StoryDeps {
  readonly store: CatalogueStore;
  readonly backups: BackupStore;
  /** Which results of drills count. */
  readonly believe: BelieveDeps;
}

type Account = Omit<KeyStory, 'line' | 'asOf'>;

/** The story. A source that cannot be read is named and hides no other. Fails with nothing but faults of ours. */
export async function tellStory(
  deps: StoryDeps,
  { hsm, key }: { readonly hsm: string; readonly key: string },
  records: readonly RecoveryRecord[],
): Promise<Account> {
  const unknown: string[] = [];
  /** `undefined`: it could not be read. */
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<{ is: T } | undefined> => {
    try {
      return { is: await work() };
    } catch (error) {
      if (!isWardenError(error)) throw error;
      unknown.push(`${what} could not be read: ${error.message}`);
      return undefined;
    }
  };
  const [stored, newest, verification, watch, judge, drills] = await Promise.all([
    attempt('The backups', () => listBackups(deps, hsm, key)),
    attempt('The catalogue', () => readEntry(deps.store, hsm, key)),
    attempt('The last verification', () => readVerification(deps.store, hsm)),
    attempt('The memory of the watch', () => readWatchState(deps.store, hsm)),
    attempt('The sealing keys', async () => deps.store.points?.judge()),
    attempt('The results of the drills', async () =>
      (await readResults(deps.store, hsm, deps.believe)).get(key),
    ),
  ]);
  const damaged = verification && { is: verification.is.value?.damaged ?? {} };
  const doubt = verification?.is.doubt;
  if (doubt !== undefined) unknown.push(doubt);
  /** What is known to be damaged stays so; what is not may be, where the verification cannot be relied on. */
  const isDamaged = (blob: string) => {
    const found = damaged !== undefined && Object.hasOwn(damaged.is, blob);
    return found || (damaged !== undefined && doubt === undefined) ? found : null;
  };
  const backups = stored?.is.map(
    (backup): KeyBackup => ({
      ...factsOf(backup),
      ...worthOf(backup, judge),
      damaged: isDamaged(backup.blob),
      newest: backup.blob === newest?.is?.blob,
    }),
  );
  const events = [
    ...(backups ?? []).map(backupEvent),
    ...versionEvents(stored?.is ?? []),
    ...(backups ?? []).flatMap(({ blob }) => damageEvent(blob, damaged?.is[blob])),
    ...(watch === undefined ? [] : watchEvents(watch.is, key, backups)),
    ...(drills?.is === undefined ? [] : drillEvents(drills.is)),
    ...records.flatMap(requestEvents),
  ].sort((a, b) => (a.at < b.at ? 1 : -1));
  return {
    timeline: events.slice(0, MOST_EVENTS),
    truncated: events.length > MOST_EVENTS,
    backups: (backups ?? []).slice(0, MOST_BACKUPS),
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

function factsOf({ blob, record }: StoredBackup) {
  return {
    blob,
    capturedAt: isoTime(record.capturedAt),
    bytes: record.bytes,
    versions: record.versions.length,
  };
}

/** What the seal is worth; `judge` is not there where the sealing keys could not be read, and empty where nothing is sealed. */
function worthOf(
  { record }: StoredBackup,
  judge: { readonly is: Judge | undefined } | undefined,
): Pick<KeyBackup, 'sealed' | 'why'> {
  if (judge === undefined) return { sealed: null, why: 'The sealing keys could not be read.' };
  const verdict = judge.is?.(record);
  if (verdict === undefined) return { sealed: null };
  return verdict.good ? { sealed: true } : { sealed: false, why: verdict.why };
}
