/** The exit codes of the command line, one table for the code and for the page that documents them. */

/** Every exit code with its meaning. */
export const EXIT_CODES = {
  done: {
    code: 0,
    meaning: 'Done. Of `status`: every key is safe. Of `doctor` and `deploy check`: nothing has to be fixed.',
  },
  failed: {
    code: 1,
    meaning:
      'It failed, and the message says why and what to do. Of `status`: at least one key is not safe. Of `doctor` and `deploy check`: something has to be fixed.',
  },
  unknown: {
    code: 2,
    meaning:
      'It was not tried: the command line or the settings are wrong. Of `status`, `watch`, `deploy check` and the lists: something could not be read, and the answer says what: `CANNOT TELL: …`, or `????`.',
  },
  missing: {
    code: 3,
    meaning: 'Of the `show` commands for keys and roles, as with az: what they were to show does not exist.',
  },
  refused: {
    code: 4,
    meaning: 'A guard rail refused it, and nothing was changed: no good backup, or no confirmation.',
  },
  'signed-out': {
    code: 5,
    meaning: 'You are not signed in, or not any more; the one line of the answer says what to run.',
  },
  interrupted: { code: 130, meaning: 'Interrupted with Ctrl-C. What was done so far stays done.' },
} as const;

/** The name of an exit code. */
export type ExitName = keyof typeof EXIT_CODES;
