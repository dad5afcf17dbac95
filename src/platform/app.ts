/** An app: the triggers of its features, each bound to what it works with. */
import { createJsonLogger } from '../adapters/system/json-logger.ts';
import type { Feature, Trigger } from '../core/feature.ts';
import type { Clock, Logger } from '../core/ports.ts';
import { RunningWork } from './running-work.ts';

/** Where the log of one invocation goes; the invocation context of the Functions library is one. */
export interface InvocationLog {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** A trigger as the host registers it. */
export interface BoundTrigger {
  readonly name: string;
  readonly on:
    | { readonly kind: 'timer'; readonly schedule: string }
    | { readonly kind: 'queue'; readonly queue: string }
    | {
        readonly kind: 'hub';
        readonly connection: string;
        readonly hub: string;
        readonly consumerGroup: string;
      };
  /** Runs it once. `input`: the timer, message or batch. */
  run(input: unknown, log: InvocationLog): Promise<unknown>;
}

/** What the functions register. */
export interface App {
  readonly triggers: readonly BoundTrigger[];
  /** Runs the trigger `name` once. */
  run(name: string, input: unknown, log: InvocationLog): Promise<unknown>;
  /** Does work that no trigger started (the answer to a request), which a stop waits for, too; refuses it while stopping. */
  track<T>(work: () => Promise<T>): Promise<T>;
  /** Asks running work to stop, and resolves when it has saved what it has, within what the host waits. */
  stop(): Promise<void>;
}

/** Binds the triggers of `features`; `given` makes what they work with, for the log of one invocation. */
export function bindApp<Config, Given>(
  features: readonly Feature<Config, Given>[],
  config: Config,
  given: (log: InvocationLog) => Promise<Given>,
  stopping: AbortController,
): App {
  const work = new RunningWork(stopping);
  const triggers = features
    .flatMap((feature) => feature.triggers.flatMap((trigger) => bind(trigger, config, given)))
    .map((bound): BoundTrigger => ({ ...bound, run: (...args) => work.run(() => bound.run(...args)) }));
  return {
    triggers,
    run: async (name, input, log) => {
      const found = triggers.find((trigger) => trigger.name === name);
      if (found === undefined) throw new Error(`expected a function of this app, got ${name}`);
      return found.run(input, log);
    },
    track: (one) => work.run(one),
    stop: () => work.stop(),
  };
}

function bind<Config, Given>(
  trigger: Trigger<Config, Given>,
  config: Config,
  given: (log: InvocationLog) => Promise<Given>,
): BoundTrigger[] {
  const { name } = trigger;
  switch (trigger.kind) {
    case 'timer': {
      const run = async (input: unknown, log: InvocationLog) =>
        trigger.run(await given(log), { isPastDue: isPastDue(input) });
      return [{ name, on: { kind: 'timer', schedule: trigger.schedule(config) }, run }];
    }
    case 'queue': {
      const run = async (input: unknown, log: InvocationLog) => trigger.run(await given(log), input);
      return [{ name, on: { kind: 'queue', queue: trigger.queue }, run }];
    }
    case 'hub': {
      const hub = trigger.hub(config);
      if (hub === undefined) return [];
      const run = async (input: unknown, log: InvocationLog) => trigger.run(await given(log), input);
      return [{ name, on: { kind: 'hub', connection: trigger.connection, ...hub }, run }];
    }
  }
}

function isPastDue(timer: unknown): boolean {
  return typeof timer === 'object' && timer !== null && 'isPastDue' in timer && timer.isPastDue === true;
}

/** The structured logger over one invocation's log. */
export function loggerTo(log: InvocationLog, clock: Clock): Logger {
  return createJsonLogger({ write: (line, level) => log[level](line.trimEnd()) }, clock);
}
