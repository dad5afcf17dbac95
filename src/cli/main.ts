/** Entry of `hsm-warden`: the real terminal, the real clock, Ctrl-C. */
import { systemClock } from '../adapters/system/system-clock.ts';
import { WardenError } from '../core/errors.ts';
import { programName } from './frame/program-name.ts';
import { runCli } from './run-cli.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => {
  interrupted.abort(new WardenError('aborted', { message: 'Interrupted.' }));
});
// A reader that has seen enough (head, less) closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  environment: process.env,
  clock: systemClock,
  program: programName({
    entry: import.meta.filename,
    folder: process.cwd(),
    environment: process.env,
  }),
  signal: interrupted.signal,
});
process.stdin.destroy();
// What was left behind, like a library that still waits for a token, holds nobody.
setTimeout(() => process.exit(), 1_000).unref();
