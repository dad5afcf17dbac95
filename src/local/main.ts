/** `npm start`: brings up a local world, runs the nightly backup in it, and stays for whoever wants to look around. */
import { readArguments, USAGE } from './arguments.ts';

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
  const stopped = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.resolve());
  try {
    const local = await startLocal(args, say);
    if (!args.once) await stopped.promise;
    await local.close();
    process.exitCode = local.safe ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
}
