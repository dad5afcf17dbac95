/** Says on standard error what a command waits for, as soon as that takes longer than a person expects. */
import { onWaits, type WaitNotice } from '../../adapters/http/waits.ts';
import type { Clock } from '../../core/ports.ts';
import type { CliContext } from './context.ts';

/** A wait that lasts longer than this is spoken of. */
const SAY_AFTER_MS = 1_000;
/** How often it is looked at, how often the line is written again on a terminal, and elsewhere. */
const TICK_MS = 200;
const REDRAW_MS = 1_000;
const REPEAT_MS = 10_000;

/** What is said of waits while a command runs. */
export interface Waits {
  /** The clock for the command: its pauses between two tries are known. */
  readonly clock: Clock;
  /** Standard error for the command: what it writes is never written behind the line about a wait. */
  readonly stderr: CliContext['stderr'];
  /** Ends it, and takes the line away. */
  stop(): void;
}

/** A stretch without a good answer. Times are those of `performance.now()`, which no change of the clock moves. */
interface Silence {
  readonly of: string;
  readonly since: number;
  /** Why the last try failed, if one did. */
  readonly why?: string;
}

/** Watches this process's waits; with `quiet` it says nothing. */
export function showWaits(
  { stderr, clock, startedAt }: Pick<CliContext, 'stderr' | 'clock' | 'startedAt'>,
  quiet: boolean,
): Waits {
  const asking = new Map<number, string>();
  let silence: Silence | undefined;
  let nextTryAt = 0;
  let saidAt: number | undefined;
  let isDrawn = false;
  let hasBegun = false;

  const hear = (notice: WaitNotice) => {
    const now = performance.now();
    if (notice.kind === 'pausing') {
      silence = { of: notice.of, since: silence?.since ?? now, why: notice.why };
      nextTryAt = now + notice.nextTryInMs;
      return;
    }
    if (notice.kind === 'asking') {
      asking.set(notice.id, notice.of);
      // The first wait of all begins for a person when the command was given.
      silence ??= { of: notice.of, since: hasBegun ? now : (startedAt ?? now) };
      hasBegun = true;
      return;
    }
    const of = asking.get(notice.id) ?? '';
    asking.delete(notice.id);
    if (notice.failed !== undefined) silence = { of, since: silence?.since ?? now, why: notice.failed };
    else silence = [...asking.values()].slice(0, 1).map((other) => ({ of: other, since: now }))[0];
  };
  const clear = () => {
    if (isDrawn) stderr.write('\r\u001b[K');
    isDrawn = false;
  };
  const say = () => {
    const now = performance.now();
    if (silence === undefined || now - silence.since < SAY_AFTER_MS) return clear();
    if (asking.size === 0 && nextTryAt <= now) return;
    const every = stderr.isTTY === true ? REDRAW_MS : REPEAT_MS;
    if (saidAt !== undefined && saidAt > silence.since && now - saidAt < every) return;
    saidAt = now;
    const line = lineAbout(silence, nextTryAt, now);
    stderr.write(stderr.isTTY === true ? `\r\u001b[K${line}` : `${line}\n`);
    isDrawn = stderr.isTTY === true;
  };

  if (quiet) return { clock, stderr, stop: () => undefined };
  const stop = onWaits(hear);
  const timer = setInterval(say, TICK_MS);
  return {
    clock: {
      now: () => clock.now(),
      sleep: (ms, signal) => {
        if (silence?.why !== undefined) nextTryAt = Math.max(nextTryAt, performance.now() + ms);
        return clock.sleep(ms, signal);
      },
    },
    stderr: {
      write: (text) => {
        clear();
        return stderr.write(text);
      },
      get isTTY() {
        return stderr.isTTY;
      },
      get columns() {
        return stderr.columns;
      },
    },
    stop: () => {
      clearInterval(timer);
      stop();
      clear();
    },
  };
}

function lineAbout({ of, since, why }: Silence, nextTryAt: number, now: number): string {
  const next = nextTryAt > now ? `next try in ${seconds(nextTryAt - now)}` : 'trying again';
  const reason = why === undefined ? '' : ` (${why}, ${next})`;
  return `asking ${of}… ${seconds(now - since)}${reason}`;
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.round(ms / 1000))} s`;
}
