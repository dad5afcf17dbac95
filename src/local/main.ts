/** `npm start`: brings up a local world, runs the nightly backup in it, and stays for whoever wants to look around. */
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
  let local: { readonly safe: boolean; close(): Promise<void> } | undefined;
  const stopped = Promise.withResolvers<void>();
  const stop = () => {
    // In the middle of the run: whatever is under way comes again with its message at the next start. And whoever asks
    // twice does not want to wait.
    if (local === undefined || stopping) {
      process.stderr.write('Stopped; the next start goes on from here.\n');
      process.exit(INTERRUPTED);
    }
    stopping = true;
    stopped.resolve();
  };
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  try {
    local = await startLocal(args, say);
    if (!args.once) await stopped.promise;
    await local.close();
    if (stopping) say('Stopped; kept under .warden/ for the next start.');
    process.exitCode = local.safe ? 0 : 1;
  } catch (error) {
    const expected = error instanceof Error && error.name === 'WorldTaken';
    process.stderr.write(`${error instanceof Error && !expected ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
}
