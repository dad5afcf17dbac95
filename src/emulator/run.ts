// The emulator's command line: starts one pool, says where it is, runs until it is stopped.
import { StoredPoolError } from './assemble.ts';
import { readCommandLine, USAGE, UsageError } from './cli-options.ts';
import { type Emulator, startEmulator } from './start-emulator.ts';
import { whenNpmEnds } from './when-npm-ends.ts';

/**
 * Runs until SIGTERM or SIGINT, or until the npm that started it has ended. The exit code: 0, 2 for a command line that cannot be
 * followed, 1 for a failure.
 */
export async function run(args: readonly string[]): Promise<0 | 1 | 2> {
  try {
    const asked = readCommandLine(args);
    if (asked === 'help') {
      process.stdout.write(`${USAGE}\n`);
      return 0;
    }
    const { options, json } = asked;
    const stop = stopRequested();
    const emulator = await startEmulator(options);
    process.stdout.write(json ? `${firstLine(emulator)}\n` : greeting(emulator));
    await stop;
    await emulator.close();
    return 0;
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`${error.message}\n${USAGE}\n`);
    else process.stderr.write(`emulator: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError || error instanceof StoredPoolError ? 2 : 1;
  }
}

function firstLine({ url, caFile, token, name, tenantId }: Emulator): string {
  return JSON.stringify({ url, caFile, token, name, tenantId });
}

function greeting({ url, caFile, token, name }: Emulator): string {
  return `Managed HSM ${name} (emulated) at ${url}\ncertificate authority: ${caFile}\nadministrator's token: ${token}\n`;
}

function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    whenNpmEnds(resolve);
  });
}
