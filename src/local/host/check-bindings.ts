/** Refuses apps that need more of a host than this one does, instead of running them in part. */
import { HostError } from './host-error.ts';
import type { Hooks, RegisteredFunction } from './load-app.ts';

const HOOKS = ['appStart', 'appTerminate'];

/**
 * Each function has its trigger, and an answer where that is HTTP; the only hooks are those of start and end; every
 * route is open to all, for the apps guard them themselves. Fails with `binding-unsupported`.
 */
export function checkBindings(functions: readonly RegisteredFunction[], hooks: Hooks): void {
  for (const { metadata, trigger } of functions) {
    for (const [name, { type, direction }] of Object.entries(metadata.bindings)) {
      if (name !== trigger.name && !(direction === 'out' && type === 'http')) {
        throw unsupported(`${metadata.name} has a ${type} binding (direction ${direction})`);
      }
    }
    const { authLevel } = trigger.binding;
    if (authLevel !== undefined && authLevel !== 'anonymous') {
      throw unsupported(`${metadata.name} has the authLevel ${String(authLevel)}`);
    }
  }
  for (const hook of hooks.keys()) if (!HOOKS.includes(hook)) throw unsupported(`the app has a ${hook} hook`);
}

function unsupported(what: string): HostError {
  return new HostError('binding-unsupported', `${what}, which this host does not carry out`);
}
