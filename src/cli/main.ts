/** Entry of `hsm-warden`: the real terminal, the real clock, Ctrl-C. */
import { enableCompileCache } from 'node:module';

// What was compiled once need not be again: half a second of each start.
enableCompileCache();
const { runInTerminal } = await import('./terminal/run-in-terminal.ts');
await runInTerminal(import.meta.filename);
