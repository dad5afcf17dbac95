/**
 * Supplies the module `@azure/functions-core`, which exists only inside a Functions worker, to whatever asks for it.
 * The official worker answers this one name in the same way, by wrapping `Module.prototype.require`
 * (`src/setupCoreModule.ts`, github.com/Azure/azure-functions-nodejs-worker).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import Module, { createRequire } from 'node:module';
import type { SetupOptions } from '@azure/functions';
import { HostError } from './host-error.ts';
import type { HostLogLine } from './host-log.ts';
import type { FunctionCallback, FunctionMetadata, ProgrammingModel } from './rpc-types.ts';

const CORE_MODULE = '@azure/functions-core';

/** Released again by disposing it. */
interface Disposable {
  dispose(): void;
}

/** Where the registrations of the app being loaded go. */
export interface AppRegistrar {
  registerFunction(
    metadata: FunctionMetadata,
    callback: FunctionCallback,
    model: ProgrammingModel,
  ): Disposable;
  registerHook(name: string, callback: (context: unknown) => unknown): Disposable;
  /** What the app set up by `app.setup`. */
  setUp(options: SetupOptions): void;
}

/** Receives lines of the library that belong to no invocation's context. */
type SystemLog = (level: HostLogLine['level'], category: HostLogLine['category'], message: string) => void;

/** Only one app loads at a time, so "the app being loaded" is one value. */
let loading: AppRegistrar | undefined;
const systemLog = new AsyncLocalStorage<SystemLog>();
let installed = false;

/**
 * Runs `load`, during which every registration goes to `registrar`. Loads are never nested or concurrent:
 * the caller queues them.
 */
export async function withRegistrar<T>(registrar: AppRegistrar, load: () => Promise<T>): Promise<T> {
  install();
  loading = registrar;
  try {
    return await load();
  } finally {
    loading = undefined;
  }
}

/** Runs `work` with the library's own log lines going to `log`. */
export function withSystemLog<T>(log: SystemLog, work: () => T): T {
  return systemLog.run(log, work);
}

function install(): void {
  if (installed) return;
  installed = true;
  // One API object per asking module: each copy of the library (installed or bundled) keeps its own programming model,
  // and that model must convert the invocations of the functions it registered.
  const apis = new Map<string, CoreApi>();
  const original: (this: Module, id: string) => unknown = Module.prototype.require;
  Module.prototype.require = Object.assign(function answer(this: Module, id: string): unknown {
    if (id !== CORE_MODULE) return Reflect.apply(original, this, [id]);
    const asker = this.filename ?? this.id;
    const api = apis.get(asker) ?? createCoreApi();
    apis.set(asker, api);
    return api;
  }, Module.prototype.require);
  takeOverSetup();
}

/**
 * Apps that share this process share the installed library, whose set-up is one for all and final after the first start;
 * each app would have its own in a worker. So `app.setup` is answered here, for the app that is being loaded.
 */
function takeOverSetup(): void {
  const library: { app: object } = createRequire(import.meta.url)('@azure/functions');
  const value = (options: SetupOptions) => registrar('set-up options').setUp(options);
  Object.defineProperty(library.app, 'setup', { value, enumerable: true, configurable: true });
}

type CoreApi = ReturnType<typeof createCoreApi>;

function createCoreApi() {
  let model: ProgrammingModel | undefined;
  return {
    /** The version of the worker whose behaviour this host follows. */
    version: '3.9.0',
    /** The version of the official host whose behaviour this host follows; the library asks for at least 4.34. */
    hostVersion: '4.1037.0',
    setProgrammingModel(next: ProgrammingModel): void {
      model = next;
    },
    getProgrammingModel: () => model,
    registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
      if (!model) {
        throw new HostError(
          'registration-invalid',
          `${metadata.name} was registered before its programming model`,
        );
      }
      return registrar(`function ${metadata.name}`).registerFunction(metadata, callback, model);
    },
    registerHook(name: string, callback: (context: unknown) => unknown): Disposable {
      return registrar(`${name} hook`).registerHook(name, callback);
    },
    log(level: HostLogLine['level'], category: HostLogLine['category'], message: string): void {
      systemLog.getStore()?.(level, category, message);
    },
  };
}

function registrar(what: string): AppRegistrar {
  if (!loading) {
    // The worker says the same: "A function can only be registered during app startup."
    throw new HostError('registration-invalid', `${what} can only be registered while its app loads`);
  }
  return loading;
}
