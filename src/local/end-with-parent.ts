/** Loaded into a child process before its own code: ends it when its parent has ended, be it by SIGKILL. */

process.stdin.once('end', () => process.kill(process.pid, 'SIGINT'));
process.stdin.resume();
// Alone it keeps no process alive.
if ('unref' in process.stdin) process.stdin.unref();
