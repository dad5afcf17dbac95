/** `npm start`: brings up a local world, runs the nightly backup in it, and stays for whoever wants to look around. */
import { once } from 'node:events';
import { whenNpmEnds } from '../emulator/when-npm-ends.ts';
import { readArguments, USAGE } from './arguments.ts';

/** What shells say of a process that was interrupted. */
const INTERRUPTED = 130;

const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};

const args = readArguments(process.argv.slice(2));
if (typeof args === 'string') {
  process.stderr.write(`${args}\n${USAGE}\n`);
  process.exitCode = 2;
} else if (args.help) {
  say(USAGE);
} else {
  say('HSM Warden: starting two local Managed HSMs, a storage account (Azurite) and the app ...');
  // Only now: the first line is out before the large modules are read.
  const { startLocal } = await import('./start-local.ts');
  const asked = new AbortController();
  const stop = () => {
    // Whoever asks twice does not want to wait.
    if (asked.signal.aborted) process.exit(INTERRUPTED);
    asked.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  const listening = whenNpmEnds(stop);
  try {
    const local = await startLocal(args, say, asked.signal);
    if (!args.once && !asked.signal.aborted) await once(asked.signal, 'abort');
    await local.close();
    if (asked.signal.aborted) say('Stopped; kept under .warden/ for the next start.');
    process.exitCode = local.safe ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${wordsFor(error, asked.signal.reason)}\n`);
    process.exitCode = asked.signal.aborted ? INTERRUPTED : 1;
  }
  listening.stop();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
}

/** What to say of what ended the start. */
function wordsFor(error: unknown, interruption: unknown): string {
  if (error === interruption) return 'Stopped; the next start goes on from here.';
  if (!(error instanceof Error)) return String(error);
  return error.name === 'WorldTaken' ? error.message : String(error.stack);
}
