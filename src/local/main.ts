/** `npm start`: brings up a local world, runs the nightly backup in it, and stays until Ctrl-C. */
import { once } from 'node:events';
import { whenNpmEnds } from '../emulator/when-npm-ends.ts';
import { readArguments, type StartArguments, USAGE } from './arguments.ts';
import { describeFailure } from './describe-failure.ts';
import { unlessAborted } from './unless-aborted.ts';

/** What shells say of a process that was interrupted. */
const INTERRUPTED = 130;
const BAD_USAGE = 2;

const args = readArguments(process.argv.slice(2));
if (typeof args === 'string') {
  process.stderr.write(`${args}\n${USAGE}\n`);
  process.exitCode = BAD_USAGE;
} else if (args.help) {
  process.stdout.write(`${USAGE}\n`);
} else {
  const code = await start(args);
  // What an interrupted start was still making (keys of the emulators, say) would hold the process up.
  if (code === INTERRUPTED) process.exit(code);
  process.exitCode = code;
}

/** Starts, stays where that is wanted, stops. Returns the exit code. */
async function start(given: StartArguments): Promise<number> {
  const prose = given.json ? process.stderr : process.stdout;
  const say = (line: string) => {
    prose.write(`${line}\n`);
  };
  const asked = new AbortController();
  const stop = () => {
    // Whoever asks twice does not want to wait.
    if (asked.signal.aborted) process.exit(INTERRUPTED);
    asked.abort();
    say('Stopping ...');
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  const listening = whenNpmEnds(stop);
  try {
    say('HSM Warden: starting local Managed HSMs, a storage account (Azurite) and the app ...');
    // Only now: the first line is out, and Ctrl-C is heeded, before the large modules are read.
    const { startLocal } = await unlessAborted(import('./start-local.ts'), asked.signal);
    const local = await startLocal(
      given,
      { say, prose, result: (json) => process.stdout.write(`${json}\n`) },
      asked.signal,
    );
    if (!given.once && !asked.signal.aborted) await once(asked.signal, 'abort');
    await local.close();
    if (asked.signal.aborted) say('Stopped; kept under .warden/ for the next start.');
    return local.safe ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${describeFailure(error, asked.signal)}\n`);
    return asked.signal.aborted ? INTERRUPTED : 1;
  } finally {
    listening.stop();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
}
