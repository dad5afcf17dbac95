/** A local Azure Functions host: loads any module that registers functions with `@azure/functions` and runs them. */
import { isDisabled } from './app-settings.ts';
import { checkBindings } from './check-bindings.ts';
import { HostError } from './host-error.ts';
import { parseHostJson } from './host-json.ts';
import { silentLogger } from './host-log.ts';
import type { Host, HostOptions } from './host-options.ts';
import { createAdmin } from './http/admin.ts';
import { createRoutes, hiddenRoutes } from './http/router.ts';
import { type HttpServer, startHttpServer } from './http/server.ts';
import { createInvoker, type TriggerInput } from './invoker.ts';
import { type Hooks, loadApp, type RegisteredFunction } from './load-app.ts';
import { planQueues } from './queue/plan-queues.ts';
import { queueClientsFromSettings } from './queue/queue-clients.ts';
import type { QueueListener } from './queue/queue-listener.ts';
import { stopInOrder } from './stop.ts';
import { planTimers } from './timer/plan-timers.ts';
import { createFileScheduleStore } from './timer/schedule-store.ts';
import { systemAlarm } from './timer/timer-listener.ts';
import { timerValue } from './timer/timer-value.ts';
import { toTypedData } from './typed-data.ts';

/** The official host's default port under Core Tools. */
const DEFAULT_PORT = 7071;
/** Milliseconds; `QueueListener.cs`, github.com/Azure/azure-sdk-for-net. */
const DEFAULT_VISIBILITY = 600_000;
/** Milliseconds; seen on the official host. */
const TERMINATE_LIMIT = 5_000;

/**
 * Loads the app and starts everything it registered. Fails with `host-json-invalid`, `app-load-failed`,
 * `registration-invalid`, `schedule-invalid`, `route-invalid`, `setting-missing`, `binding-unsupported`,
 * `schedule-status-unreadable` or `port-taken`; nothing keeps running then.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const settings = options.settings ?? process.env;
  const now = () => (options.clock ?? Date).now();
  const hostSettings = parseHostJson(options.hostJson);
  const log = options.log ?? silentLogger;
  const app = await loadApp(options.entry, log);
  checkBindings(app.functions, app.hooks);
  const functions = app.functions.filter((target) => !isDisabled(target.metadata.name, settings));
  const routes = createRoutes(functions, hostSettings.routePrefix, settings);
  for (const message of [...hiddenRoutes(routes), ...ignoredRetries(functions)]) {
    log({ level: 'warning', category: 'system', message });
  }
  const clients = options.queueClients ?? queueClientsFromSettings(settings);
  const appHookData: AppHookData = {};
  const invoker = createInvoker({
    log,
    now,
    timeoutMs: hostSettings.functionTimeoutMs,
  });
  const timers = planTimers({
    functions,
    settings,
    store: options.scheduleStore ?? createFileScheduleStore('.warden/timers'),
    now,
    alarm: options.alarm ?? systemAlarm,
    log,
    invoker,
  });
  const queuePlans =
    (options.queues ?? true)
      ? planQueues({
          functions,
          settings,
          clients,
          queueSettings: hostSettings.queues,
          visibilityMs: options.queueVisibilityMs ?? DEFAULT_VISIBILITY,
          random: options.random ?? Math.random,
          log,
          invoker,
        })
      : [];

  const startedAt = now();
  const queues: QueueListener[] = [];
  let stopped: Promise<void> | undefined;

  function find(name: string): RegisteredFunction {
    const wanted = name.toLowerCase();
    const target = app.functions.find((candidate) => candidate.metadata.name.toLowerCase() === wanted);
    if (!target) throw new HostError('function-unknown', `the app has no function named ${name}`);
    if (stopped !== undefined)
      throw new HostError('host-stopping', `the host is stopping and does not start ${name}`);
    return target;
  }

  /** A timer run by hand sees its own record, as on the official host; anything else gets the text. */
  function manualInput(target: RegisteredFunction, input: string | undefined): TriggerInput {
    if (target.trigger.binding.type.toLowerCase() !== 'timertrigger')
      return { data: { string: input ?? '' } };
    return { data: timers.get(target.metadata.name)?.value() ?? timerValue(undefined, false) };
  }

  await runHooks(app.hooks, 'appStart', { hookData: {}, appHookData });
  const server: HttpServer = await startHttpServer({
    port: options.httpPort ?? DEFAULT_PORT,
    routes,
    masterKey: options.masterKey,
    bodyLimit: options.bodyLimit,
    httpStream: app.httpStream,
    showHomePage: !/^true$/i.test(settings.AzureWebJobsDisableHomepage ?? ''),
    log,
    invoke: invoker.invoke,
    administer: createAdmin({
      functions: app.functions,
      isDisabled: (name) => isDisabled(name, settings),
      baseUrl: () => server.url,
      uptimeMs: () => now() - startedAt,
      state: () => (stopped !== undefined ? 'Stopping' : 'Running'),
      start: (target, input) => void invoker.invoke(target, manualInput(target, input)),
    }),
  });

  const host: Host = {
    url: server.url,
    functions: app.functions.map((target) => target.metadata.name),
    invoke: async (name, input) => {
      const target = find(name);
      return invoker.invoke(target, manualInput(target, input));
    },
    deliver: async (name, data, metadata = {}) => {
      const target = find(name);
      const entries = Object.entries(metadata).map(([key, value]) => [key, toTypedData(value)] as const);
      return invoker.invoke(target, { data: toTypedData(data), metadata: Object.fromEntries(entries) });
    },
    async tick() {
      for (const queue of queues) queue.wake();
      await Promise.all([...timers.values()].map((timer) => timer.tick()));
    },
    stop(limitMs = TERMINATE_LIMIT) {
      const terminate = () => runHooks(app.hooks, 'appTerminate', { hookData: {}, appHookData });
      stopped ??= stopInOrder({ timers: [...timers.values()], queues, server, terminate, limitMs, log });
      return stopped;
    },
  };
  try {
    if (options.timers ?? true) await Promise.all([...timers.values()].map((timer) => timer.start()));
    queues.push(...queuePlans.map((start) => start()));
  } catch (error) {
    await host.stop(0);
    throw error;
  }
  return host;
}

/**
 * Retry policies act on some triggers of the official host, but not here: a sentence for each timer that has one. What
 * is delivered from outside (an Event Hub's batch) is repeated by whoever delivers it, who learns how it ended.
 */
function ignoredRetries(functions: readonly RegisteredFunction[]): readonly string[] {
  return functions
    .filter(
      ({ metadata, trigger }) => metadata.retryOptions != null && trigger.binding.type === 'timerTrigger',
    )
    .map(
      ({ metadata }) =>
        `${metadata.name} has a retry policy, which this host does not apply: a failed run is not repeated`,
    );
}

/** State that an app's hooks share. */
type AppHookData = Record<string, unknown>;

/** Calls every hook of that name with `context`, one after another; a hook that throws fails the whole step. */
async function runHooks(hooks: Hooks, name: string, context: object): Promise<void> {
  for (const hook of hooks.get(name) ?? []) await hook(context);
}
