/** Log lines that belong to no invocation: to whoever listens in this process, otherwise to standard output. */
import { channel } from 'node:diagnostics_channel';
import { createJsonLogger } from '../adapters/system/json-logger.ts';
import type { Clock, Logger } from '../core/ports.ts';

const lines = channel('hsm-warden.log');

/** The logger of the process. */
export function processLogger(clock: Clock): Logger {
  return createJsonLogger({ write: writeLine }, clock);
}

function writeLine(line: string): void {
  if (lines.hasSubscribers) lines.publish(line);
  else process.stdout.write(line);
}
