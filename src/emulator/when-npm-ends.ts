// Notices that the npm which runs this process has ended.

const LOOK_EVERY_MS = 250;

/**
 * Calls `then` once when the parent of this process has ended, if npm started it: on SIGTERM npm ends without a word to what
 * it runs, which would stay for ever. Started by hand it may outlive its shell.
 */
export function whenNpmEnds(then: () => void, environment = process.env): { stop(): void } {
  if (environment.npm_lifecycle_event === undefined) return { stop: () => undefined };
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, LOOK_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
