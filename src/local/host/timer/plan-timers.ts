/** Sets up the timers of an app, checking every schedule before anything runs. */
import { parseSchedule, type Schedule } from '../../../core/schedule.ts';
import { type AppSettings, bindingText } from '../app-settings.ts';
import { HostError } from '../host-error.ts';
import type { HostLogger } from '../host-log.ts';
import type { Invoker } from '../invoker.ts';
import type { RegisteredFunction } from '../load-app.ts';
import type { ScheduleStore } from './schedule-store.ts';
import { type Alarm, createTimer, type TimerListener } from './timer-listener.ts';

/** What timers need. */
export interface TimerPlanOptions {
  readonly functions: readonly RegisteredFunction[];
  readonly settings: AppSettings;
  readonly store: ScheduleStore;
  readonly now: () => number;
  readonly alarm: Alarm;
  readonly log: HostLogger;
  readonly invoker: Invoker;
}

/** One timer for each timer function, by function name; none has started. Fails with `schedule-invalid` or `setting-missing`. */
export function planTimers(options: TimerPlanOptions): ReadonlyMap<string, TimerListener> {
  const timers = new Map<string, TimerListener>();
  for (const target of options.functions) {
    const { binding } = target.trigger;
    if (binding.type.toLowerCase() !== 'timertrigger') continue;
    const functionName = target.metadata.name;
    timers.set(
      functionName,
      createTimer({
        name: functionName,
        schedule: scheduleOf(bindingText(binding, 'schedule', options.settings) ?? ''),
        runOnStartup: binding.runOnStartup === true,
        useMonitor: binding.useMonitor !== false,
        store: options.store,
        now: options.now,
        alarm: options.alarm,
        log: (level, message) => options.log({ level, category: 'system', message, functionName }),
        run: async (data) => {
          await options.invoker.invoke(target, { data });
        },
      }),
    );
  }
  return timers;
}

function scheduleOf(text: string): Schedule {
  const schedule = parseSchedule(text);
  if ('next' in schedule) return schedule;
  throw new HostError('schedule-invalid', `the schedule "${text}" is not valid: ${schedule.problem}`);
}
