/** Reads events as occurrences: those of the watch, of the recovery, of the channels, and any other as itself. */

import { definedOnly } from '../../../core/defined-only.ts';
import type { Severity } from '../../../core/events/severity.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import { epochOf } from '../../../core/time.ts';
import { WatchEvent } from '../../watch/model/events.ts';
import { sayChannel } from '../model/events.ts';
import { sayMemoryLost } from '../model/memory-lost.ts';
import { plain, short } from '../model/message.ts';
import type { Occurrence } from '../model/occurrence.ts';
import type { QueuedEvent } from '../model/queues.ts';
import { sayDrill } from './say-drill.ts';
import { sayFleet } from './say-fleet.ts';
import { sayPoisoned } from './say-poisoned.ts';
import { sayRecovery } from './say-recovery.ts';
import { sayUnsealed } from './say-unsealed.ts';
import { sayFinding } from './say-watch.ts';
import type { ShowKey } from './words.ts';

/** A sign of life of the watch: what of the HSM's conditions holds at that moment. */
export interface Heartbeat {
  readonly hsm: string;
  readonly at: number;
  /** Whether the scan saw everything. */
  readonly ok: boolean;
  readonly open: Readonly<Record<string, number>>;
}

/** How events are read. */
export interface Reading {
  readonly severityOf: (event: QueuedEvent) => Severity;
  /** Whether the names of keys are replaced by something that does not give them away. */
  readonly maskKeys: boolean;
  /** Where the pages of the console are; without it what the watch finds has no link. */
  readonly origin?: string;
}

/** Longest text that is taken over from an event: what people and services wrote. */
const LONGEST_TEXT = 300;

/** What `event` means. */
export function readEvent(event: QueuedEvent, reading: Reading): Occurrence | Heartbeat {
  const show: ShowKey = (key) => (reading.maskKeys ? maskedKey(key) : key);
  const common = { id: event.id, at: epochOf(event.time), severity: reading.severityOf(event) };
  const watched = WatchEvent.safeParse(event);
  if (watched.success) {
    const { data, type } = watched.data;
    if (type === 'HsmWarden.Heartbeat') return { hsm: data.hsm, at: common.at, ok: data.ok, open: data.open };
    const said = sayFinding(watched.data, show);
    const key: { readonly key?: string } = 'key' in data && data.key !== undefined ? { key: data.key } : {};
    const link = definedOnly({ link: linkTo(reading, data.hsm, key.key) });
    if (said !== undefined) return tidy({ ...common, ...said, ...key, ...link, hsm: data.hsm, rank: 0 });
  }
  const said =
    sayRecovery(event, show) ??
    sayChannel(event) ??
    sayMemoryLost(event) ??
    sayPoisoned(event) ??
    sayUnsealed(event) ??
    sayFleet(event) ??
    sayDrill(event, show);
  if (said !== undefined) return tidy({ ...common, ...said });
  return tidy({ ...common, ...sayOther(event) });
}

/** The page about a key, or about the HSMs; a masked name is in no address either. */
function linkTo({ origin, maskKeys }: Reading, hsm: string, key: string | undefined): string | undefined {
  if (origin === undefined) return undefined;
  if (key === undefined) return `${origin}/hsms`;
  if (maskKeys) return `${origin}/keys`;
  return `${origin}/keys/${encodeURIComponent(hsm)}/${encodeURIComponent(key)}`;
}

/** Of an event that this version does not know only its envelope is said: what it carries may be anything. */
function sayOther({ type, subject, data }: QueuedEvent): Omit<Occurrence, 'id' | 'at' | 'severity'> {
  const hsm = typeof data.hsm === 'string' ? { hsm: data.hsm } : {};
  return {
    family: 'other',
    subject: `${type} ${hsm.hsm === undefined ? subject : hsm.hsm}`,
    ...hsm,
    effect: 'open',
    lasting: false,
    rank: 0,
    what: `${type.replace(/^HsmWarden\./, '')}${hsm.hsm === undefined ? '' : ` on HSM ${hsm.hsm}`}`,
    todo: 'Look at it: hsm-warden watch',
    turn: 'whoever runs HSM Warden',
    facts: [],
  };
}

/** Text of others on one line, in a length that a message holds. */
function tidy(occurrence: Occurrence): Occurrence {
  const line = (text: string) => short(plain(text), LONGEST_TEXT);
  return {
    ...occurrence,
    what: line(occurrence.what),
    todo: line(occurrence.todo),
    turn: line(occurrence.turn),
    facts: occurrence.facts.map((fact) => ('text' in fact ? { ...fact, text: line(fact.text) } : fact)),
  };
}

/** A key by its first two characters and eight digits of a hash: the same key has the same mask. */
export function maskedKey(key: string): string {
  return `${key.slice(0, 2)}…${sha256Hex(key.toLowerCase()).slice(0, 8)}`;
}
