/** Runs the hooks an app registered, in order of registration. */
import type { HostLogger, HostLogLine } from './host-log.ts';
import type { Hooks } from './load-app.ts';

/** State that an app's hooks share. */
export type AppHookData = Record<string, unknown>;

/** Calls every hook of that name with `context`, one after another; a hook that throws fails the whole step. */
export async function runHooks(hooks: Hooks, name: string, context: object): Promise<void> {
  for (const hook of hooks.get(name) ?? []) await hook(context);
}

/**
 * A logger that lets the app's `log` hooks change each line's text and level before it reaches `log`.
 * A hook that throws loses its say, not the line; its own lines pass no further hooks.
 */
export function withLogHooks(hooks: Hooks, log: HostLogger): HostLogger {
  let inside = false;
  return (line) => {
    const set = hooks.get('log');
    if (inside || !set || set.size === 0) return log(line);
    inside = true;
    try {
      log(applyHooks(set, line, log));
    } finally {
      inside = false;
    }
  };
}

function applyHooks(
  set: ReadonlySet<(context: unknown) => unknown>,
  line: HostLogLine,
  log: HostLogger,
): HostLogLine {
  const context = { hookData: {}, level: line.level, message: line.message, category: line.category };
  for (const hook of set) {
    try {
      hook(context);
    } catch (error) {
      log({ level: 'error', category: 'system', message: `a log hook failed: ${String(error)}` });
    }
  }
  return { ...line, level: context.level, message: context.message };
}
