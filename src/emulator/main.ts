// Entry of the emulator's command line.
import { enableCompileCache } from 'node:module';

// Keeps the compiled modules between starts, which saves a third of the time to the first line.
enableCompileCache();
const { run } = await import('./run.ts');
process.exitCode = await run(process.argv.slice(2));
