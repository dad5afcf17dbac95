/** What to say of an error that ended the start: one line where a person can do something about it. */

/** What a person can do about an error of the file system, by its code. */
const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left on the device. Free some, or start in another folder',
  EDQUOT: 'your quota of disk space is used up. Free some, or start in another folder',
  EROFS: 'the file system is read-only. Start in a folder that can be written',
  EACCES: 'you may not write there. Start in a folder of your own',
  EPERM: 'you may not write there. Start in a folder of your own',
  ENOTDIR: 'a part of that path is a file, not a folder. Move it away, or start in another folder',
  EEXIST: 'a part of that path is a file, not a folder. Move it away, or start in another folder',
  EMFILE: 'too many files are open. Raise the limit (ulimit -n)',
};

/** Errors whose message is written for people. */
const SAID_WHOLE = ['WorldTaken', 'SettingsRefused'];

/** The words for `error`; those of an interruption when `signal` was aborted and nothing else happened. */
export function describeFailure(error: unknown, signal: AbortSignal): string {
  if (signal.aborted && error === signal.reason) return 'Stopped; the next start goes on from here.';
  const file = fileErrorIn(error);
  if (file !== undefined) return file;
  if (!(error instanceof Error)) return String(error);
  return SAID_WHOLE.includes(error.name) ? error.message : String(error.stack);
}

/** An error of the file system, here or among the causes; another process's words hold its code. */
function fileErrorIn(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, path, syscall }: NodeJS.ErrnoException = cause;
    // So Node names a folder that cannot be made on a read-only file system.
    if (code === 'ENOENT' && syscall === 'mkdir') {
      return `Cannot make the folder ${path}: ${FILE_ERRORS.EROFS} (${code}).`;
    }
    const advice = code === undefined ? undefined : FILE_ERRORS[code];
    if (advice !== undefined && path !== undefined) return `Cannot write ${path}: ${advice} (${code}).`;
    const [, said = '', at] = /\b(E[A-Z]{3,}): [^'|]*(?:'([^']+)')?/.exec(cause.message) ?? [];
    const saidAdvice = FILE_ERRORS[said];
    if (saidAdvice !== undefined) return `Cannot write ${at ?? '.warden'}: ${saidAdvice} (${said}).`;
  }
  return undefined;
}
