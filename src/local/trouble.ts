/** Which lines of the apps' log are shown to whoever started the local world. */
import { STOPPING } from '../platform/running-work.ts';
import type { HostLogLine } from './host/host-log.ts';

/**
 * The line as it is shown; undefined for what is no trouble. Troubles are shown as they come; the rest of the log would bury the
 * summary. A function that gives its message back because everything stops fails, as on the official host, and is no trouble.
 */
export function troubleIn({ level, category, message, functionName }: HostLogLine): string | undefined {
  const isGrave = level === 'error' || level === 'critical' || (level === 'warning' && category === 'system');
  // After it the lines of the stack may stand.
  const isStop =
    category === 'system' && message.split('\n', 1)[0]?.endsWith(`): WardenError: ${STOPPING}`) === true;
  return isGrave && !isStop ? `${level} ${functionName ?? 'host'}: ${message}` : undefined;
}
