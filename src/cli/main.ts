/** Entry of `hsm-warden`: the real terminal, the real clock, Ctrl-C. */
import { enableCompileCache } from 'node:module';

// What was compiled once need not be again: half a second of each start.
enableCompileCache();
// A company's proxy must not get what is for this machine; the libraries read this when they are loaded.
const { NO_PROXY, no_proxy } = process.env;
process.env.NO_PROXY = [NO_PROXY ?? no_proxy ?? '', '127.0.0.1', 'localhost', '.localhost', '[::1]', '::1']
  .filter(Boolean)
  .join(',');
const { runInTerminal } = await import('./terminal/run-in-terminal.ts');
await runInTerminal(import.meta.filename);
