/** Runs the command line in this process: its streams, its signals, its end. */

import publisher from '../../../publisher.json' with { type: 'json' };
import { systemClock } from '../../adapters/system/system-clock.ts';
import { definedOnly } from '../../core/defined-only.ts';
import { WardenError } from '../../core/errors.ts';
import { docsAddress } from '../frame/docs-address.ts';
import { programName } from '../frame/program-name.ts';
import { runCli, VERSION } from '../run-cli.ts';
import { openSink } from './sink.ts';

/** Codes of shells for a process that a signal ended: 128 and the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type EndSignal = keyof typeof SIGNALS;

/** What is left behind, like a library that still waits for a token, holds nobody longer. */
const LEFTOVER_MS = 200;

/** Runs the process's own command line, and ends the process with its exit code. `entry`: the file that was started. */
export async function runInTerminal(entry: string): Promise<void> {
  const interrupted = new AbortController();
  let received: EndSignal | undefined;
  for (const signal of Object.keys(SIGNALS).filter(isEndSignal)) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait.
      if (received !== undefined) process.exit(SIGNALS[signal]);
      received = signal;
      interrupted.abort(new WardenError('aborted', { message: 'Interrupted.' }));
    });
  }
  const stdout = openSink(process.stdout);
  const stderr = openSink(process.stderr);
  const code = await runCli(process.argv.slice(2), {
    stdout,
    stderr,
    stdin: process.stdin,
    environment: process.env,
    folder: process.cwd(),
    clock: systemClock,
    program: programName({ entry, folder: process.cwd(), environment: process.env }),
    ...definedOnly({ docs: docsAddress(entry, publisher.repository, VERSION) }),
    signal: interrupted.signal,
    // The timeline begins with the process.
    startedAt: 0,
  });
  await stdout.flushed();
  // A reader that went away has all it wanted; a disk that is full has not.
  if (stdout.lost !== undefined)
    stderr.write(`error (machine): The output could not be written: ${stdout.lost}.\n`);
  await stderr.flushed();
  const wasInterrupted = received !== undefined && code === SIGNALS.SIGINT;
  const exit = wasInterrupted ? SIGNALS[received ?? 'SIGINT'] : code;
  process.exitCode = stdout.lost !== undefined && exit === 0 ? 1 : exit;
  process.stdin.destroy();
  if (wasInterrupted) process.exit();
  setTimeout(() => process.exit(), LEFTOVER_MS).unref();
}

function isEndSignal(name: string): name is EndSignal {
  return Object.hasOwn(SIGNALS, name);
}
