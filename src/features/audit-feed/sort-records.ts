/** Sorts the records of a batch by HSM and by what they call for. Pure. */
import { NameMap } from '../../core/model/key-name.ts';
import type { KeySignal, UseSignal } from '../watch/model/signals.ts';
import type { AuditRecord } from './audit-record.ts';
import { isBroughtBack } from './brought-back.ts';
import { type Effect, effectOf } from './effect.ts';

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
  /** Records of keys that came back. */
  readonly broughtBack: AuditRecord[];
  /** Something happened that only a scan can say. */
  scan: boolean;
}

/** The records sorted out. */
export interface SortedRecords {
  readonly byHsm: ReadonlyMap<string, HsmWork>;
  /** The HSMs that records came from, whatever they say. */
  readonly heard: readonly string[];
  /** Records of operations that are not known here. */
  readonly unknown: number;
  /** Records of HSMs that are not in the settings. */
  readonly foreign: number;
  /** Records that do not say what happened, when, or on which HSM: each leads to a scan. */
  readonly unclear: number;
  /** Records of what is of no interest here. */
  readonly ignored: number;
}

/** Sorts records. One that matters and does not say of which HSM it is calls for a scan of each. */
export function sortRecords(records: readonly AuditRecord[], hsms: readonly FeedHsm[]): SortedRecords {
  const byHsm = new Map<string, HsmWork>();
  const heard = new Set<string>();
  const counts = { unknown: 0, foreign: 0, unclear: 0, ignored: 0 };
  const workOf = ({ name }: FeedHsm): HsmWork => {
    const work = byHsm.get(name) ?? {
      changed: new NameMap(),
      deletes: [],
      purges: [],
      uses: [],
      broughtBack: [],
      scan: false,
    };
    byHsm.set(name, work);
    return work;
  };
  for (const record of records) {
    const effect = effectOf(record);
    const hsm = hsms.find((one) => isOf(record, one));
    // A resource of another kind says so in its identifier.
    const nobodys = record.host === undefined && record.pool === undefined && record.elsewhere !== true;
    if ((hsm !== undefined && record.unclear === true) || (nobodys && MATTERS.has(effect)))
      counts.unclear += 1;
    else if (hsm === undefined) counts.foreign += 1;
    else if (effect === 'unknown') counts.unknown += 1;
    else if (effect === 'none') counts.ignored += 1;
    if (hsm !== undefined) {
      heard.add(hsm.name);
      note(workOf(hsm), record, effect);
    } else if (nobodys && MATTERS.has(effect)) {
      for (const one of hsms) workOf(one).scan = true;
    }
  }
  return { byHsm, heard: [...heard], ...counts };
}

/** What must not be missed. */
const MATTERS: ReadonlySet<Effect> = new Set(['back-up', 'scan', 'deleted', 'purged']);

/** Notes what a record calls for. */
function note(work: HsmWork, record: AuditRecord, effect: Effect): void {
  const { key = '', at, caller, operation, httpStatus = 0 } = record;
  if (isBroughtBack(record)) work.broughtBack.push(record);
  if (effect === 'back-up') work.changed.set(key, Math.max(at, work.changed.get(key) ?? 0));
  // A recovery is reported by the watch.
  if (effect === 'scan' || (effect === 'back-up' && operation === 'KeyRecover')) work.scan = true;
  if (effect === 'deleted') work.deletes.push({ key, at, caller });
  if (effect === 'purged') work.purges.push({ key, at, caller });
  if (effect === 'refused-use' && key !== '') work.uses.push({ key, at, caller, operation, httpStatus });
}

/** By the host of the request, or by the name of the pool: an HSM can be reached under other hosts too. */
function isOf({ host, pool }: AuditRecord, { name, url }: FeedHsm): boolean {
  if (host !== undefined && host === new URL(url).host) return true;
  return pool?.toLowerCase() === name.toLowerCase();
}
