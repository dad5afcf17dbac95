/**
 * Drills that must fail: a proof that never fails proves nothing. Their recovery points are wrong on purpose and are made in
 * memory, from one that was just proven. They are never stored, so nothing else can come upon one, and their results count nowhere.
 */
import { createHash } from 'node:crypto';
import { isWardenError } from '../../core/errors.ts';
import { type PublicKey, type PublicKeys, thumbprintOf } from '../../core/model/public-key.ts';
import type { BackupStore, FetchedBackup } from '../../core/ports.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { DAY_MS } from '../../core/time.ts';
import type { CatalogueEntry } from '../recovery-points/catalogue.ts';
import { type CleanupDeps, removeKey } from './cleanup.ts';
import { pointOf } from './drill-one.ts';
import type { Journal } from './journal.ts';
import type { DrillState, JournalLine } from './model/drill-state.ts';
import { type Proof, type ProveDeps, proveKey } from './prove-key.ts';
import type { Candidate } from './select.ts';

/** How often the drills are tried themselves. */
const EVERY_MS = 7 * DAY_MS;

/** A recovery point with something wrong, and the public keys that are kept beside it. */
interface WrongPoint extends FetchedBackup {
  readonly keys: PublicKeys;
}

/** What they need. */
export interface MustFailDeps extends ProveDeps, CleanupDeps {
  readonly journal: Journal;
  readonly resourceOf: (hsm: string) => string | undefined;
}

/** Whether it is time: once a week, and in each run after one that passed, so that their repair is noticed. */
export function isMustFailDue({ mustFail }: DrillState, now: number): boolean {
  if (mustFail === undefined || mustFail.passed.length > 0) return true;
  return now - mustFail.at >= EVERY_MS || mustFail.at > now;
}

/** What came of the drills of wrong recovery points, each named by what is wrong with it. */
interface Trials {
  readonly passed: readonly string[];
  /** Those of which the HSM said nothing, or whose bytes could not be read. */
  readonly unanswered: readonly string[];
}

/** Drills wrong recovery points made of `right` and of `other`, where there is another one; both are proven. */
export async function drillWrongOnes(
  deps: MustFailDeps,
  right: Candidate,
  other: Candidate | undefined,
  signal: AbortSignal,
): Promise<Trials> {
  let wrong: Readonly<Record<string, WrongPoint>>;
  try {
    wrong = await wrongOnes(deps, right, other, signal);
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    return { passed: [], unanswered: [error.message] };
  }
  const passed: string[] = [];
  const unanswered: string[] = [];
  for (const [what, found] of Object.entries(wrong)) {
    const { verdict, foreign } = await drillWrong(deps, { right, other }, found, signal);
    if (verdict === 'proven' || verdict === 'metadata-only') passed.push(what);
    else if (verdict === 'blocked' && foreign !== true) unanswered.push(what);
  }
  return { passed, unanswered };
}

async function wrongOnes(
  { backups }: MustFailDeps,
  right: Candidate,
  other: Candidate | undefined,
  signal: AbortSignal,
): Promise<Readonly<Record<string, WrongPoint>>> {
  const mine = await fetched(backups, right, signal);
  const theirs = other === undefined ? undefined : await fetched(backups, other, signal);
  const damaged = Uint8Array.from(mine.bytes);
  // Within the ciphertext, behind the header and the initialisation vector.
  const at = Math.floor(damaged.length / 2);
  damaged[at] = damaged[at] === 0x41 ? 0x42 : 0x41;
  const key = newestOf(theirs) ?? noKeyOf(mine);
  return {
    'a damaged backup': withBytes(mine, damaged),
    ...(theirs && { 'the backup of another key under this name': withBytes(mine, theirs.bytes) }),
    'a backup with a swapped public key': swapped(mine, key),
    ...(mine.keys.size > 0 && {
      'a backup with a swapped recorded public key': { ...mine, keys: swapped(mine, key).keys },
    }),
  };
}

async function drillWrong(
  deps: MustFailDeps,
  { right, other }: { readonly right: Candidate; readonly other: Candidate | undefined },
  found: WrongPoint,
  signal: AbortSignal,
): Promise<Proof> {
  const { journal, clock, resourceOf } = deps;
  const { hsm, enrolments, entry } = right;
  const wrong: CatalogueEntry = { ...entry, record: found.stored.record };
  const both = other === undefined ? [right] : [right, other];
  // Either key may come back: both are noted before the restore, and both names are removed.
  const lines = both.map(
    (one): JournalLine => ({
      hsm: one.hsm,
      key: one.key,
      point: pointOf(one === right ? wrong : one.entry),
      runId: 'must-fail',
      at: clock.now(),
    }),
  );
  const backups: BackupStore = { ...onlyThis(found), put: async () => found.stored };
  const proof = await proveKey(
    { ...deps, backups },
    {
      entry: wrong,
      resource: resourceOf(hsm) ?? hsm,
      enrolments,
      note: async () => {
        for (const line of lines) await journal.open(line, signal);
      },
      noteOther: async () => undefined,
      findOther: async () => other?.key,
    },
    signal,
  );
  for (const line of lines) {
    if (proof.made) await removeKey(deps, line.key, signal);
    else await journal.forget(line);
  }
  return proof;
}

function onlyThis(found: WrongPoint): Omit<BackupStore, 'put'> {
  return {
    read: async () => found.bytes,
    fetch: async () => found,
    publicKeysOf: async () => found.keys,
    async *list() {
      yield [found.stored];
    },
  };
}

async function fetched(backups: BackupStore, { entry }: Candidate, signal: AbortSignal): Promise<WrongPoint> {
  const { blob, versionId } = entry;
  const found = await backups.fetch(versionId === undefined ? { blob } : { blob, versionId }, signal);
  return { ...found, keys: await backups.publicKeysOf(blob, signal) };
}

function withBytes({ stored, keys }: WrongPoint, bytes: Uint8Array): WrongPoint {
  const record = { ...stored.record, sha256: sha256Hex(bytes), bytes: bytes.length };
  return { stored: { ...stored, record }, bytes, keys };
}

/** With `key` recorded as the public key of every version, and its thumbprint. */
function swapped({ stored, bytes }: WrongPoint, key: PublicKey): WrongPoint {
  const thumbprint = thumbprintOf(key);
  const versions = stored.record.versions.map((one) => ({ ...one, thumbprint }));
  const keys = new Map(versions.map(({ version }) => [version, key]));
  return { stored: { ...stored, record: { ...stored.record, versions } }, bytes, keys };
}

function newestOf(point: WrongPoint | undefined): PublicKey | undefined {
  return point?.keys.get(point.stored.record.versions.at(-1)?.version ?? '');
}

/** A public key that nobody has. */
function noKeyOf({ stored }: WrongPoint): PublicKey {
  const x = createHash('sha256').update(stored.blob).digest('base64url');
  return { kty: 'OKP', crv: 'Ed25519', x };
}
