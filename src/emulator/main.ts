// The emulator's command line: starts one pool, says where it is, runs until it is told to stop.
import { readCommandLine, USAGE, UsageError } from './cli-options.ts';
import { type Emulator, startEmulator } from './start-emulator.ts';

const EXIT_USAGE = 2;
const EXIT_FAILED = 1;

try {
  const { options, json } = readCommandLine(process.argv.slice(2));
  const emulator = await startEmulator(options);
  process.stdout.write(json ? `${firstLine(emulator)}\n` : greeting(emulator));
  await stopRequested();
  await emulator.close();
} catch (error) {
  const usage = error instanceof UsageError;
  process.stderr.write(usage ? `${error.message}\n${USAGE}\n` : `emulator: ${String(error)}\n`);
  process.exitCode = usage ? EXIT_USAGE : EXIT_FAILED;
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
  });
}
