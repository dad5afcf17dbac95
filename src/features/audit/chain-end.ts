/** The end of a part of the log, and what stands in the way of going on from it. Pure. */
import { WardenError } from '../../core/errors.ts';
import { type ChainTip, parseEntry, SEAL } from './entry.ts';

interface Part {
  readonly day: string;
  readonly number: number;
}

/** The part that follows `part`, which was sealed on `day`. */
export function partAfter<T extends Part>(part: T, day: string): T {
  return day > part.day ? { ...part, day, number: 1 } : { ...part, number: part.number + 1 };
}

/** When the line sealed its part, by the store's time; undefined when it is no seal. */
export function sealTime(line: string | undefined): number | undefined {
  const entry = line === undefined ? undefined : parseEntry(line);
  return entry?.event === SEAL ? entry.at : undefined;
}

/** Where the chain stands after `line`. Fails with `audit-corrupt`. */
export function tipOfLine(line: string, part: Part): ChainTip {
  const entry = parseEntry(line);
  if (entry !== undefined) return { seq: entry.seq, hash: entry.hash };
  throw corrupt(`The last line of the audit log of ${part.day}, part ${part.number}, is not a whole entry.`);
}

/** Found before a line is appended: repeated by its caller, the line would be there again each time. */
export function anchorGone(): WardenError {
  return corrupt('What remembers the end of the audit log is gone: lines may have been cut off unseen.');
}

/** The segment in which the chain should go on has nothing in it. */
export function segmentGone(name: string): WardenError {
  return corrupt(`The segment ${name} of the audit log, in which it should go on, is not there.`);
}

/** The end is one that lies before one which this process has written. */
export function wentBackwards(written: number, found: number): WardenError {
  return corrupt(
    `The audit log went backwards: this process wrote line ${written}, and the last line is ${found} now.`,
  );
}

/** The UTC day of a moment, `2026-11-24`. */
export function utcDay(epochMs: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: a Date of a given time, not the clock
  return new Date(epochMs).toISOString().slice(0, 10);
}

function corrupt(message: string): WardenError {
  return new WardenError('audit-corrupt', {
    message,
    advice: 'Nothing is approved or executed until it is examined; verify the audit log.',
  });
}

/** Decisions that could not be sealed at the end of the chain within this are not made: people wait for the answer. Milliseconds. */
export const SEALING_MS = 60_000;

/** What becomes of a decision then. */
export function tooSlow(): WardenError {
  return new WardenError('seal-unavailable', {
    message: `No decision could be sealed at the end of the audit log within ${SEALING_MS / 1000} s: others append faster than the sealing key signs.`,
    advice:
      'Nothing was decided: try again. If it goes on, see how fast the vault of the sealing key answers.',
  });
}
