/** Fires one timer function on its schedule, never while its last run is still going on. */

import type { Schedule } from '../../../core/schedule.ts';
import { describeError } from '../host-error.ts';
import type { RpcTypedData } from '../rpc-types.ts';
import { decideStart } from './past-due.ts';
import type { ScheduleStatus, ScheduleStore } from './schedule-store.ts';
import { timerValue } from './timer-value.ts';

/** Longest wait one alarm may ask for, in milliseconds; the official listener splits longer waits at 24 days too. */
const LONGEST_WAIT = 24 * 24 * 3600 * 1000;

/** Calls `ring` after `delayMs`; the returned function calls it off. */
export type Alarm = (delayMs: number, ring: () => void) => () => void;

/** What a timer needs. */
export interface TimerOptions {
  readonly name: string;
  readonly schedule: Schedule;
  readonly runOnStartup: boolean;
  /** As registered; a schedule that occurs more than once within a minute is never recorded. */
  readonly useMonitor: boolean;
  readonly store: ScheduleStore;
  readonly now: () => number;
  readonly alarm: Alarm;
  readonly log: (level: 'information' | 'error', message: string) => void;
  /** Runs the function with its timer value; resolves when it ended, however it ended. */
  readonly run: (value: RpcTypedData) => Promise<void>;
}

/** A timer that has been set up. */
export interface TimerListener {
  /** Reads the record, runs what is past due, and sets the alarm. Resolves before a first run has ended. */
  start(): Promise<void>;
  /** Checks the clock now; resolves when a run that was due has ended. Needed only where the clock can jump. */
  tick(): Promise<void>;
  /** Fires no more. A run that is going on goes on. */
  stop(): void;
  /** The value for an unscheduled run. */
  value(): RpcTypedData;
}

/** Sets up a timer. */
export function createTimer(options: TimerOptions): TimerListener {
  const { schedule, now } = options;
  let status: ScheduleStatus = { next: Number.POSITIVE_INFINITY, lastUpdated: 0 };
  let monitored = false;
  let stopped = false;
  let current: Promise<void> | undefined;
  let cancelAlarm: () => void = () => undefined;

  async function start(): Promise<void> {
    const at = now();
    monitored = options.useMonitor && schedule.next(schedule.next(at)) > at + 60_000;
    const decision = decideStart(
      monitored ? await options.store.read(options.name) : undefined,
      schedule,
      at,
    );
    status = decision.status;
    if (monitored && decision.changed) await options.store.write(options.name, status);
    options.log(
      'information',
      `The timer ${options.name} runs next at ${new Date(status.next).toISOString()}`,
    );
    if (decision.isPastDue || options.runOnStartup) void fire(decision.isPastDue);
    else arm();
  }

  function arm(): void {
    cancelAlarm();
    if (!stopped)
      cancelAlarm = options.alarm(
        Math.min(Math.max(status.next - now(), 0), LONGEST_WAIT),
        () => void tick(),
      );
  }

  async function tick(): Promise<void> {
    if (current !== undefined) return current;
    if (stopped) return;
    if (now() >= status.next) return fire(false);
    arm();
  }

  function fire(isPastDue: boolean): Promise<void> {
    cancelAlarm();
    current = run(isPastDue).finally(() => {
      current = undefined;
      arm();
    });
    return current;
  }

  async function run(isPastDue: boolean): Promise<void> {
    const invokedAt = now();
    await options.run(value(isPastDue));
    // Times that passed meanwhile are made up for by one run: the next time counts from this run's beginning.
    status = { last: invokedAt, next: schedule.next(invokedAt), lastUpdated: invokedAt };
    if (!monitored) return;
    await options.store.write(options.name, status).catch((error: unknown) => {
      options.log(
        'error',
        `The record of the timer ${options.name} could not be written: ${describeError(error)}`,
      );
    });
  }

  function value(isPastDue = false): RpcTypedData {
    return timerValue(monitored ? status : undefined, isPastDue);
  }

  function stop(): void {
    stopped = true;
    cancelAlarm();
  }

  return { start, tick, stop, value };
}

/** The process's own alarm clock. */
export function systemAlarm(delayMs: number, ring: () => void): () => void {
  const timer = setTimeout(ring, delayMs);
  return () => clearTimeout(timer);
}
