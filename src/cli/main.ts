/** Entry of `hsm-warden`: the real terminal, the real clock, Ctrl-C. */
import { enableCompileCache } from 'node:module';
import { keepLoopbackDirect } from '../adapters/http/no-proxy.ts';

// What was compiled once need not be again: half a second of each start.
enableCompileCache();
// Before the libraries are loaded: they read it then.
keepLoopbackDirect();
const { runInTerminal } = await import('./terminal/run-in-terminal.ts');
await runInTerminal(import.meta.filename);
