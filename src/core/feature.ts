/** What a feature says about itself, once: its settings, queues, triggers and routes. Everything else is made from it. */
import type { Queue } from './queue.ts';
import type { SettingsTable } from './settings/setting.ts';

/** Runs by the clock. */
interface TimerTrigger<Config, App> {
  readonly kind: 'timer';
  /** The function's name on the host. */
  readonly name: string;
  /** Six-field NCRONTAB text, UTC. */
  readonly schedule: (config: Config) => string;
  readonly run: (app: App, timer: { readonly isPastDue: boolean }) => Promise<unknown>;
}

/** Works on the messages of a queue. A failure escapes on purpose: the queue then gives the message again. */
export interface QueueTrigger<App> {
  readonly kind: 'queue';
  readonly name: string;
  readonly queue: string;
  readonly run: (app: App, message: unknown) => Promise<unknown>;
}

/** Reads batches of an event hub. A batch that fails is given again until it succeeds. */
interface HubTrigger<Config, App> {
  readonly kind: 'hub';
  readonly name: string;
  /** Names the connection's settings, `{connection}__fullyQualifiedNamespace` and so on. */
  readonly connection: string;
  /** Undefined where the settings name no hub: then nothing is registered. */
  readonly hub: (config: Config) => { readonly hub: string; readonly consumerGroup: string } | undefined;
  readonly run: (app: App, batch: unknown) => Promise<unknown>;
}

/** What makes the host call a feature. */
export type Trigger<Config, App> = TimerTrigger<Config, App> | QueueTrigger<App> | HubTrigger<Config, App>;

/**
 * A feature's manifest. `Config`: the part of the configuration that it reads; `App`: what it is given for one call. A
 * platform that offers more can run it.
 */
export interface Feature<Config, App> {
  readonly name: string;
  readonly settings: SettingsTable;
  /** The queues it owns. A queue has one owner; others may send to it. */
  readonly queues: readonly Queue[];
  readonly triggers: readonly Trigger<Config, App>[];
}

/** The trigger that works on `queue`; `run` gets its messages as they were sent, to be read by `readMessage`. */
export function worker<App>(
  name: string,
  { name: queue }: Pick<Queue, 'name'>,
  run: (app: App, message: unknown) => Promise<unknown>,
): QueueTrigger<App> {
  return { kind: 'queue', name, queue, run };
}
