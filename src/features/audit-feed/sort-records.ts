/** Sorts the records of a batch by HSM and by what they call for. Pure. */
import type { KeySignal, UseSignal } from '../watch/model/observation.ts';
import type { AuditRecord } from './audit-record.ts';
import { effectOf } from './effect.ts';

/** An HSM whose log may come. */
export interface FeedHsm {
  readonly name: string;
  readonly url: string;
}

/** What the records of one HSM call for. */
export interface HsmWork {
  /** Keys to back up, with the time of their last change. */
  readonly changed: Map<string, number>;
  readonly deletes: KeySignal[];
  readonly purges: KeySignal[];
  readonly uses: UseSignal[];
  /** Something happened that only a look can tell. */
  look: boolean;
}

/** The records sorted out. */
export interface SortedRecords {
  readonly byHsm: ReadonlyMap<string, HsmWork>;
  /** Records of operations that are not known here. */
  readonly unknown: number;
  /** Records of HSMs that are not in the settings. */
  readonly foreign: number;
}

/** Sorts records. */
export function sortRecords(records: readonly AuditRecord[], hsms: readonly FeedHsm[]): SortedRecords {
  const byHsm = new Map<string, HsmWork>();
  let unknown = 0;
  let foreign = 0;
  for (const record of records) {
    const hsm = hsms.find((one) => isOf(record, one));
    if (hsm === undefined) {
      foreign += 1;
      continue;
    }
    const work = byHsm.get(hsm.name) ?? {
      changed: new Map(),
      deletes: [],
      purges: [],
      uses: [],
      look: false,
    };
    byHsm.set(hsm.name, work);
    if (!note(work, record)) unknown += 1;
  }
  return { byHsm, unknown, foreign };
}

/** Notes what a record calls for; returns whether its operation is known. */
function note(work: HsmWork, record: AuditRecord): boolean {
  const { key = '', at, caller, operation, httpStatus = 0 } = record;
  switch (effectOf(record)) {
    case 'back-up':
      work.changed.set(key, Math.max(at, work.changed.get(key) ?? 0));
      // A recovery is told by the watch.
      if (operation === 'KeyRecover') work.look = true;
      return true;
    case 'look':
      work.look = true;
      return true;
    case 'deleted':
      work.deletes.push({ key, at, caller });
      return true;
    case 'purged':
      work.purges.push({ key, at, caller });
      return true;
    case 'refused-use':
      if (key !== '') work.uses.push({ key, at, caller, operation, httpStatus });
      return true;
    case 'none':
      return true;
    case 'unknown':
      return false;
  }
}

/** By the host of the request, or by the name of the pool: an HSM can be reached under other hosts too. */
function isOf({ host, pool }: AuditRecord, { name, url }: FeedHsm): boolean {
  if (host !== undefined && host === new URL(url).host) return true;
  return pool?.toLowerCase() === name.toLowerCase();
}
