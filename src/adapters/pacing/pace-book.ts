/**
 * How the processes that back up keys of one HSM share its pace: a small document with a line for each. A seat is the right
 * to one start in any second, so seats add up whatever the clocks of their holders say.
 */
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentType } from '../../core/documents/document-type.ts';

const Count = z.int().nonnegative();
const Time = z.int();

/** What one process holds and wants. */
const Worker = z.strictObject({
  /** Starts a second that it may make. */
  seats: Count,
  /** Whether it has the reserve: one start a second more, for work that must not wait behind a run. */
  reserve: z.boolean(),
  wants: Count,
  /** Changes with each renewal: whoever does not renew is taken for dead. */
  beat: Count,
  /** When it was renewed, by its own clock. */
  at: Time,
});

export const PaceBook = z.strictObject({
  format: z.literal(1),
  workers: z.record(z.string(), Worker),
  /** When seats last came free, by the clock of who gave them back. */
  freedAt: Time.exactOptional(),
  /** Set while the HSM asks for less: how many seats there were then, and until when nobody starts. */
  slow: z.strictObject({ id: z.string(), seats: z.int().min(1), at: Time, pauseMs: Count }).exactOptional(),
});
export type PaceBook = z.infer<typeof PaceBook>;

export const PACE_BOOK: DocumentType<'pace', PaceBook> = {
  kind: 'pace',
  schema: PaceBook,
  name: ({ hsm }) => `The book of the pace on HSM ${hsm}`,
  advice: 'Delete it; whoever backs up keys writes it again.',
  expendable: true,
};

export const EMPTY_BOOK: PaceBook = { format: 1, workers: {} };

/** After so long without a renewal a line says nothing, whatever the clocks: they differ by less. Milliseconds. */
const STALE_MS = 300_000;
/** A slowed HSM gets one more seat after each of these. Milliseconds. */
const RECOVER_MS = 30_000;

/** For so long everybody hears of it that the HSM asked for less. Milliseconds. */
const HEEDED_MS = 60_000;

/** What a process asks for. Times are epoch milliseconds of its own clock. */
export interface Claim {
  readonly worker: string;
  readonly wants: number;
  /** Whether something must not wait behind a run. */
  readonly urgent: boolean;
  readonly now: number;
  /** Others that have not renewed for too long. */
  readonly dead: ReadonlySet<string>;
  /** Seats of the HSM in good times, and whether there is a reserve beside them. */
  readonly seats: number;
  readonly reserve: boolean;
  /** Set when the HSM has just asked this process for less. */
  readonly slowed?: { readonly id: string; readonly pauseMs: number } | undefined;
}

/** The book with this process's claim in it. Its line says what it got. */
export function claimIn(book: PaceBook, claim: Claim): PaceBook {
  const { worker, now, wants } = claim;
  const others = Object.entries(book.workers).filter(
    ([name, { at }]) => name !== worker && !claim.dead.has(name) && Math.abs(now - at) < STALE_MS,
  );
  const slow = slowAfter(book, claim);
  const total = seatsNow(slow, claim.seats, now);
  const held = others.reduce((sum, [, { seats }]) => sum + seats, 0);
  const fair = fairShare(
    [...others.map(([name, other]) => [name, other.wants] as const), [worker, wants]],
    total,
  );
  // What nobody wants is used by whoever asks: the next to want it has it back at the next renewal.
  const unwanted = total - [...fair.values()].reduce((sum, share) => sum + share, 0);
  const seats = Math.max(0, Math.min((fair.get(worker) ?? 0) + unwanted, total - held));
  const taken = others.some(([, other]) => other.reserve);
  const reserve = claim.reserve && claim.urgent && seats === 0 && !taken;
  const before = book.workers[worker];
  const gaveBack = before !== undefined && (before.seats > seats || (before.reserve && !reserve));
  const beat = (before?.beat ?? 0) + 1;
  return {
    format: 1,
    workers: { ...Object.fromEntries(others), [worker]: { seats, reserve, wants, beat, at: now } },
    ...definedOnly({ freedAt: gaveBack ? now : book.freedAt, slow }),
  };
}

/** The book without this process. */
export function releaseIn(book: PaceBook, worker: string, now: number): PaceBook {
  if (book.workers[worker] === undefined) return book;
  const { [worker]: _, ...workers } = book.workers;
  return { ...book, workers, freedAt: now };
}

/** Whether seats may have been somebody else's within the last second: who gets more then begins a second later. */
export function mayOverlap(book: PaceBook, worker: string, now: number): boolean {
  const hasOthers = Object.keys(book.workers).some((name) => name !== worker);
  return hasOthers || (book.freedAt !== undefined && Math.abs(now - book.freedAt) < STALE_MS);
}

function slowAfter(book: PaceBook, { slowed, seats, now }: Claim): PaceBook['slow'] {
  if (slowed === undefined) {
    const { slow } = book;
    const isOver =
      slow === undefined || (seatsNow(slow, seats, now) >= seats && Math.abs(now - slow.at) > HEEDED_MS);
    return isOver ? undefined : slow;
  }
  const half = Math.max(1, Math.floor(seatsNow(book.slow, seats, now) / 2));
  return { id: slowed.id, seats: half, at: now, pauseMs: slowed.pauseMs };
}

function seatsNow(slow: PaceBook['slow'], seats: number, now: number): number {
  if (slow === undefined) return seats;
  return Math.min(seats, slow.seats + Math.max(0, Math.floor((now - slow.at) / RECOVER_MS)));
}

/** Shares `total` so that nobody gets more than wanted, and nobody less than another who wants as much; the rest by name. */
function fairShare(
  wishes: readonly (readonly [string, number])[],
  total: number,
): ReadonlyMap<string, number> {
  const shares = new Map(wishes.map(([name]) => [name, 0]));
  let left = total;
  let open = [...wishes].sort(([a], [b]) => (a < b ? -1 : 1));
  while (left > 0 && open.length > 0) {
    open = open.filter(([name, wants]) => (shares.get(name) ?? 0) < wants);
    for (const [name] of open) {
      if (left === 0) break;
      shares.set(name, (shares.get(name) ?? 0) + 1);
      left -= 1;
    }
  }
  return shares;
}
