/** One live request for a key and an action: later events of the watch are answered with the one that exists. */

import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { isWardenError, WardenError } from '../../../core/errors.ts';
import { isSameName } from '../../../core/model/key-name.ts';
import type { Clock, Logger } from '../../../core/ports.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import type { HeldRecord } from '../model/ports.ts';
import { isClosed, type Operation, type RecoveryRecord } from '../model/record.ts';
import { isApprovedDeletion } from '../planning/require-fit.ts';
import { readEach } from './each-recovery.ts';
import { isOpenIn, type RecoveryEvidence } from './evidence.ts';
import type { RecoveryIndex } from './recovery-index.ts';
import { changeRecovery, readRecovery } from './recovery-log.ts';
import { isDue } from './requirements.ts';

/** An id made from `seed`, fit for a recovery. */
export function idFrom(seed: readonly unknown[]): string {
  const number = BigInt(`0x${sha256Hex(JSON.stringify(seed))}`);
  return number.toString(36).padStart(50, '0').slice(-26);
}

/** What finding needs. */
export interface FindDeps {
  readonly store: DocumentStore;
  readonly evidence: RecoveryEvidence;
  readonly index: RecoveryIndex;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Looks through the requests that events of the watch have opened for a key, in their order: for the one that answers
 * `event` already, and for the next free id. The ids follow from the key alone, so two concurrent events want the same one
 * and the store lets one of them have it. Fails with `state-corrupt`, `audit-corrupt` or storage codes.
 */
export async function readEvent(
  deps: FindDeps,
  about: { readonly hsm: string; readonly key: string },
  event: string,
): Promise<{ readonly answeredBy: string } | { readonly freeId: string }> {
  const [logged, ended] = await Promise.all([deps.evidence.all(), deps.index.entries(deps.logger)]);
  for (let number = 1; ; number += 1) {
    const id = idFrom(['event', about.hsm.toLowerCase(), about.key.toLowerCase(), number]);
    const entry = isOpenIn(logged.get(id)) ? undefined : ended.get(id);
    // No event joins what has ended, so what the index says of it stays true.
    if (entry !== undefined && !entry.events?.includes(event)) continue;
    const found = await orUndefined(readRecovery(deps.store, id));
    if (found === undefined) return { freeId: id };
    if (found.record.events?.includes(event)) return { answeredBy: id };
  }
}

/** The request, whoever made it, that waits or executes and would do what `operation` does. May fail with `audit-corrupt`, too. */
export async function findLive(deps: FindDeps, operation: Operation): Promise<string | undefined> {
  const now = deps.clock.now();
  const logged = await deps.evidence.all();
  const open = [...logged].flatMap(([id, one]) =>
    isOpenIn(one) && isSameName(one.about.key, operation.key) ? [id] : [],
  );
  let live: RecoveryRecord | undefined;
  for (const { record } of await readEach(deps, open)) {
    const isOlder = live === undefined || record.createdAt < live.createdAt;
    if (isLive(record, now) && isOlder && doesSame(record.operation, operation)) live = record;
  }
  return live?.id;
}

/**
 * The request of a key, live or ended and whoever made it, that `event` was answered with. Asked after {@link findLive}
 * found none: what it saw ended, no event can join afterwards.
 */
export async function findAnswered(
  deps: FindDeps,
  about: Pick<Operation, 'hsm' | 'key'>,
  event: string,
): Promise<string | undefined> {
  const [logged, ended] = await Promise.all([deps.evidence.all(), deps.index.entries(deps.logger)]);
  const ids = new Set<string>();
  for (const [id, one] of logged) {
    const isKnown = ended.has(id) && !isOpenIn(one);
    if (!isKnown && one.about !== undefined && isAbout(one.about, about)) ids.add(id);
  }
  for (const [id, entry] of ended) {
    if (isAbout(entry, about) && entry.events?.includes(event)) ids.add(id);
  }
  const held = await readEach(deps, [...ids]);
  const answers = ({ record }: HeldRecord) =>
    isAbout(record.operation, about) && record.events?.includes(event);
  return held.find(answers)?.record.id;
}

/**
 * Notes that a live request answers `event`, too. Fails with `state-conflict` when it has ended since it was found: an event
 * that is answered with what is over would be lost.
 */
export function joinEvent(
  { store, clock }: Pick<FindDeps, 'store' | 'clock'>,
  id: string,
  event: string,
): Promise<HeldRecord> {
  return changeRecovery(store, id, (record) => {
    if (record.events?.includes(event)) return record;
    if (isLive(record, clock.now())) return { ...record, events: [...(record.events ?? []), event] };
    throw new WardenError('state-conflict', {
      message: `Recovery ${id} has ended before an event could be answered with it.`,
      advice: 'The event opens another request.',
    });
  });
}

function isLive(record: RecoveryRecord, now: number): boolean {
  return !isClosed(record) && !isDue(record, now);
}

function isAbout(
  operation: Pick<Operation, 'hsm' | 'key'>,
  { hsm, key }: Pick<Operation, 'hsm' | 'key'>,
): boolean {
  return operation.hsm.toLowerCase() === hsm.toLowerCase() && isSameName(operation.key, key);
}

/** A restore of another backup of the key is the same to whoever wants the key back; another deletion is not. */
function doesSame(a: Operation, b: Operation): boolean {
  const isSameKey = a.target === b.target && isSameName(a.key, b.key);
  if (!isSameKey || a.action !== b.action) return false;
  return b.deletedAt === undefined || isApprovedDeletion(a.deletedAt, b.deletedAt);
}

async function orUndefined(reading: Promise<HeldRecord>): Promise<HeldRecord | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isWardenError(error, 'recovery-unknown')) return undefined;
    throw error;
  }
}
