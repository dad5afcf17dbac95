/** How to start the host, and what a started one offers. */
import type { AppSettings } from './app-settings.ts';
import type { HostLogger } from './host-log.ts';
import type { InvocationOutcome } from './invoker.ts';
import type { QueueClientFactory } from './queue/queue-clients.ts';
import type { ScheduleStore } from './timer/schedule-store.ts';
import type { Alarm } from './timer/timer-listener.ts';

/** How to start a host. Everything but `entry` and `hostJson` has a default. */
export interface HostOptions {
  /** The app's main module, source or bundle: a path or `file:` URL. It reads `process.env` itself. */
  readonly entry: string | URL;
  /** The parsed content of host.json. */
  readonly hostJson: unknown;
  /** Settings for bindings (`%NAME%`, connections, disabled functions); `process.env` when absent. */
  readonly settings?: AppSettings;
  /** 7071 when absent, 0 for a free one. */
  readonly httpPort?: number;
  /** Opens the operator's paths (`/admin/…`), which nobody can use without one. */
  readonly masterKey?: string | undefined;
  /** Bytes an HTTP body may have; 100 MiB when absent. */
  readonly bodyLimit?: number;
  /** Epoch milliseconds; the system's clock when absent. Call `tick` after it jumped. */
  readonly clock?: { now(): number };
  /** Wakes timers; the process's own timers when absent. */
  readonly alarm?: Alarm;
  /** In [0, 1); varies the waits between reads of an empty queue. */
  readonly random?: () => number;
  /** Receives every line; none is kept when absent. */
  readonly log?: HostLogger;
  /** Gives queue clients; from connection strings in the settings when absent. */
  readonly queueClients?: QueueClientFactory;
  /**
   * How long a message is hidden from others before it is renewed or, if this process died, comes back. The official
   * host uses 10 minutes (`QueueListener.cs`), which is also the default here.
   */
  readonly queueVisibilityMs?: number;
  /** False: timers run only when invoked. */
  readonly timers?: boolean;
  /** False: queues are not polled; their functions run only when invoked or delivered to. */
  readonly queues?: boolean;
  /** Where timers' records live; files in `.warden/timers` when absent. */
  readonly scheduleStore?: ScheduleStore;
}

/** A running host. */
export interface Host {
  /** `http://127.0.0.1:{port}`. */
  readonly url: string;
  /** The names of the app's functions, disabled ones included. */
  readonly functions: readonly string[];
  /**
   * Runs any function but an HTTP one now, as `POST /admin/functions/{name}` does, and resolves with how it ended.
   * Fails with `function-unknown` or `host-stopping`.
   */
  invoke(name: string, input?: string): Promise<InvocationOutcome>;
  /**
   * Feeds a trigger the host does not poll itself (Event Hub, Event Grid, blob, …): texts, bytes, lists of them, or
   * anything JSON can say. Metadata names start with a capital on the official host (`SequenceNumber`) and reach the
   * function with a small letter. Fails as `invoke` does.
   */
  deliver(
    name: string,
    data: unknown,
    metadata?: Readonly<Record<string, unknown>>,
  ): Promise<InvocationOutcome>;
  /** Checks the clock and reads the queues now; resolves when the timers that were due have run. */
  tick(): Promise<void>;
  /**
   * Takes no new work and runs the app's `appTerminate` hooks; when they have resolved, or after `limitMs` (5 s), it stops
   * whatever still runs, and leaves nothing open. Running work ends well only if the app waits for it in the hook.
   */
  stop(limitMs?: number): Promise<void>;
}
