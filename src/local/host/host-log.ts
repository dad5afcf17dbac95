/** What the host writes down, and the level names the Functions worker uses. */

/** Levels as the Functions runtime names them. */
type HostLogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';

/** One line. `user` lines come from a function's own `context.log`, `system` lines from host or library. */
export interface HostLogLine {
  readonly level: HostLogLevel;
  readonly category: 'user' | 'system' | 'customMetric';
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
}

/** Receives every line the host or a function writes. */
export type HostLogger = (line: HostLogLine) => void;

/** A logger that keeps nothing. */
export function silentLogger(): void {}
