/** What the HSM's audit log reports of its keys, and what of it no scan has judged yet. */

import { z } from 'zod';
import { foldName } from '../../../core/model/key-name.ts';
import { KeyName } from '../../../core/model/names.ts';
import { Caller, LogWord } from './events.ts';

const SignalOfKey = z.strictObject({ key: z.string().min(1), at: z.int().nonnegative(), caller: Caller });
/** As a message says it. Others can write messages: a key that no HSM can have is in none of ours. */
const SaidOfKey = SignalOfKey.extend({ key: KeyName });

/** A deletion or purge that the HSM's audit log reports. `at`: epoch milliseconds of the service. */
export const KeySignal = SignalOfKey.readonly();
export type KeySignal = z.infer<typeof KeySignal>;

/** A refused use of a key. */
export const UseSignal = SaidOfKey.extend({ operation: LogWord, httpStatus: z.int() }).readonly();
export type UseSignal = z.infer<typeof UseSignal>;

const KeySignals = z.array(KeySignal).readonly();

/** The ends of keys that the audit log reported and no scan has judged yet: of a key that no scan saw, nobody else knows. */
export const Unjudged = z.strictObject({ deletes: KeySignals, purges: KeySignals });
export type Unjudged = z.infer<typeof Unjudged>;

/** What the audit log reported since the last scan: it knows of what happened between two scans. */
export const Signals = z.strictObject({
  deletes: z.array(SaidOfKey.readonly()).readonly(),
  purges: z.array(SaidOfKey.readonly()).readonly(),
  uses: z.array(UseSignal).readonly(),
});
export type Signals = z.infer<typeof Signals>;

/** Nothing was reported. */
export const NO_SIGNALS: Signals = { deletes: [], purges: [], uses: [] };

/** What is to be judged with `signals` behind what waits already; undefined for nothing. An event hub repeats itself: each counts once. */
export function withReported(waiting: Unjudged | undefined, signals: Unjudged): Unjudged | undefined {
  const deletes = joined(waiting?.deletes, signals.deletes);
  const purges = joined(waiting?.purges, signals.purges);
  return deletes.length + purges.length === 0 ? undefined : { deletes, purges };
}

/** What of `signals` is about one of `keys`; undefined for nothing. */
export function aboutKeys({ deletes, purges }: Unjudged, keys: readonly string[]): Unjudged | undefined {
  const names = new Set(keys.map(foldName));
  const isAbout = ({ key }: KeySignal) => names.has(foldName(key));
  return withReported(undefined, { deletes: deletes.filter(isAbout), purges: purges.filter(isAbout) });
}

function joined(waiting: readonly KeySignal[] = [], reported: readonly KeySignal[]): readonly KeySignal[] {
  const each = new Map([...waiting, ...reported].map((one) => [`${foldName(one.key)} ${one.at}`, one]));
  return [...each.values()];
}
