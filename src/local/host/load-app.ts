/** Imports the module that registers functions and collects what it registered. */
import Module from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type AppRegistrar, withRegistrar, withSystemLog } from './core-module.ts';
import { HostError } from './host-error.ts';
import type { HostLogger } from './host-log.ts';
import type { FunctionCallback, FunctionMetadata, ProgrammingModel, RpcBinding } from './rpc-types.ts';

/** One registered function. */
export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
  readonly model: ProgrammingModel;
  /** The name and properties of the one binding that starts it. */
  readonly trigger: { readonly name: string; readonly binding: RpcBinding };
}

/** Hooks by name: appStart, appTerminate, preInvocation, postInvocation, log. */
export type Hooks = ReadonlyMap<string, ReadonlySet<(context: unknown) => unknown>>;

/** An app after its module ran. */
export interface LoadedApp {
  /** In the official host's order: by name, ignoring case. */
  readonly functions: readonly RegisteredFunction[];
  readonly hooks: Hooks;
  /** Whether `app.setup` enabled HTTP streams. */
  readonly httpStream: boolean;
}

/** Marks module URLs of a repeated load, so that the app's own modules run again instead of coming from the cache. */
const LOAD_PARAMETER = 'functions-host-load';

/** What the library says of its set-up (`setup.ts`) when it is not the installed one, whose set-up this host takes over. */
const LIBRARY_STREAMS = 'HTTP streaming enabled.';

let loads = 0;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Imports `entry` (a path or `file:` URL of a source or bundled module) and returns what it registered.
 *
 * Several apps, or one app several times, may live in a process: registrations never mix. Modules outside
 * `node_modules` are evaluated again for every load after the first one.
 * Fails with `app-load-failed` (the module threw, or registered nothing) or `registration-invalid`.
 */
export function loadApp(entry: string | URL, log: HostLogger): Promise<LoadedApp> {
  const load = queue.then(() => loadNow(toUrl(entry), log));
  queue = load.catch(() => undefined);
  return load;
}

function toUrl(entry: string | URL): URL {
  if (entry instanceof URL) return entry;
  if (entry.startsWith('file:')) return new URL(entry);
  return pathToFileURL(isAbsolute(entry) ? entry : resolve(entry));
}

async function loadNow(url: URL, log: HostLogger): Promise<LoadedApp> {
  const functions = new Map<string, RegisteredFunction>();
  const hooks = new Map<string, Set<(context: unknown) => unknown>>();
  let httpStream = false;
  loads += 1;
  if (loads > 1) url.searchParams.set(LOAD_PARAMETER, String(loads));
  if (loads === 2) carryLoadParameter();
  const registrar: AppRegistrar = {
    ...createRegistrar(functions, hooks),
    setUp: (options) => {
      httpStream = options.enableHttpStream ?? httpStream;
    },
  };
  try {
    await withSystemLog(
      (level, category, message) => {
        log({ level, category, message });
        if (message === LIBRARY_STREAMS) throw unservedStreams();
      },
      () => withRegistrar(registrar, () => import(url.href)),
    );
  } catch (cause) {
    if (cause instanceof HostError) throw cause;
    throw new HostError(
      'app-load-failed',
      `${fileURLToPath(url)} failed while it was loaded: ${String(cause)}`,
      { cause },
    );
  }
  if (functions.size === 0) {
    throw new HostError('app-load-failed', `${fileURLToPath(url)} registered no function`);
  }
  return { functions: [...functions.values()].sort(byName), hooks, httpStream };
}

function unservedStreams(): HostError {
  return new HostError(
    'binding-unsupported',
    'the app enables HTTP streams in a library of its own (a bundle), which this host does not serve: load its source',
  );
}

function createRegistrar(
  functions: Map<string, RegisteredFunction>,
  hooks: Map<string, Set<(context: unknown) => unknown>>,
): Omit<AppRegistrar, 'setUp'> {
  return {
    registerFunction(metadata, callback, model) {
      const key = metadata.name.toLowerCase();
      if (functions.has(key)) {
        throw new HostError(
          'registration-invalid',
          `two functions are named ${metadata.name}; names are unique ignoring case`,
        );
      }
      functions.set(key, { metadata, callback, model, trigger: triggerOf(metadata) });
      return { dispose: () => functions.delete(key) };
    },
    registerHook(name, callback) {
      const set = hooks.get(name) ?? new Set();
      hooks.set(name, set.add(callback));
      return { dispose: () => set.delete(callback) };
    },
  };
}

function triggerOf(metadata: FunctionMetadata): RegisteredFunction['trigger'] {
  // The library decides in the same way (`utils/isTrigger.ts`): a trigger's type ends in "trigger".
  for (const [name, binding] of Object.entries(metadata.bindings)) {
    if (binding.type.toLowerCase().endsWith('trigger')) return { name, binding };
  }
  throw new HostError('registration-invalid', `${metadata.name} has no trigger binding`);
}

/** .NET's OrdinalIgnoreCase, with which `FunctionMetadataManager.cs` of the official host sorts, compares upper case. */
function byName(a: RegisteredFunction, b: RegisteredFunction): number {
  const left = a.metadata.name.toUpperCase();
  const right = b.metadata.name.toUpperCase();
  return left < right ? -1 : Number(left > right);
}

/** Hands the parameter of a repeated load on to the modules the app itself imports; installed packages stay shared. */
function carryLoadParameter(): void {
  Module.registerHooks?.({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const load = context.parentURL?.startsWith('file:')
        ? new URL(context.parentURL).searchParams.get(LOAD_PARAMETER)
        : null;
      if (!load || !resolved.url.startsWith('file:') || resolved.url.includes('/node_modules/'))
        return resolved;
      const url = new URL(resolved.url);
      url.searchParams.set(LOAD_PARAMETER, load);
      return { ...resolved, url: url.href };
    },
  });
}
