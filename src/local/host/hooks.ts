/** Runs the hooks an app registered, in order of registration. */
import type { Hooks } from './load-app.ts';

/** State that an app's hooks share. */
export type AppHookData = Record<string, unknown>;

/** Calls every hook of that name with `context`, one after another; a hook that throws fails the whole step. */
export async function runHooks(hooks: Hooks, name: string, context: object): Promise<void> {
  for (const hook of hooks.get(name) ?? []) await hook(context);
}
