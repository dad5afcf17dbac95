/** A logger that writes one JSON object a line. */
import { WardenError } from '../../core/errors.ts';
import type { Clock, Logger } from '../../core/ports.ts';

/** How grave a line is. */
type Level = 'info' | 'warn' | 'error';

/** Where lines go. */
export interface LineSink {
  write(line: string, level: Level): unknown;
}

/**
 * Writes `{"time","level","message",...fields}` lines to `sink`. Of an error only its name, code, message, advice, HSM,
 * key and causes are written: an SDK's error also carries its request, whose headers must not reach a log.
 */
export function createJsonLogger(sink: LineSink, clock: Clock): Logger {
  function log(level: Level, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const time = new Date(clock.now()).toISOString();
    sink.write(`${JSON.stringify({ ...fields, time, level, message }, replaceValue)}\n`, level);
  }
  return {
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
  };
}

function replaceValue(_name: string, value: unknown): unknown {
  if (value instanceof Error) return describeError(value);
  return typeof value === 'bigint' ? value.toString() : value;
}

function describeError(error: Error): Record<string, unknown> {
  const { name, message, cause } = error;
  if (!(error instanceof WardenError)) return { name, message, cause };
  const { code, advice, hsm, key, retryAfterMs } = error;
  return { name, code, message, advice, hsm, key, retryAfterMs, cause };
}
