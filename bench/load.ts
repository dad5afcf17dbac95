/** Loads one app as the Functions worker would, and prints the milliseconds until everything was registered. */
import Module, { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

let registered = 0;
const core = {
  version: '1.0.0',
  hostVersion: '4.1000.0',
  setProgrammingModel: () => undefined,
  registerFunction: () => {
    registered += 1;
  },
  registerHook: () => undefined,
  log: () => undefined,
  Disposable: class {
    dispose(): void {}
  },
};
const require = createRequire(import.meta.url);
const loader: { _load?: (request: string, ...rest: unknown[]) => unknown } = require('node:module');
const original = loader._load;
loader._load = function load(this: unknown, request: string, ...rest: unknown[]): unknown {
  return request === '@azure/functions-core' ? core : original?.call(this, request, ...rest);
};
void Module;

const entry = pathToFileURL(resolve(process.argv[2] ?? '')).href;
const started = performance.now();
await import(entry);
const ms = performance.now() - started;
if (registered === 0) throw new Error(`${entry} registered nothing`);
process.stdout.write(String(ms));
process.exit(0);
