/** The arguments of `npm start`, checked. */
import { parseArgs } from 'node:util';
import { LISTED_KEYS, USUAL_HSMS } from './world/seed-keys.ts';

/** What the start was asked to do. */
export interface StartArguments {
  /** Ends after the run. */
  readonly once: boolean;
  /** Prints one JSON line to standard output, and all prose to standard error. */
  readonly json: boolean;
  /** Has one more HSM that nobody protects, and searches for it. */
  readonly search: boolean;
  /** Begins with an empty world. */
  readonly fresh: boolean;
  readonly hsms: number | undefined;
  /** Active keys, all HSMs together. */
  readonly keys: number | undefined;
  /** Moves the clock of the world ahead by so many milliseconds, in steps, and shows what the watch says. */
  readonly advanceMs: number | undefined;
  readonly help: boolean;
}

/** What one computer runs beside the apps. */
const MOST_HSMS = 50;
/** In a fleet. */
const KEYS_EACH = 20;

/** How to call it. */
export const USAGE = `usage: npm start -- [--once] [--hsms N] [--keys N] [--search] [--json] [--fresh] [--advance 61d]
  --once     end after the nightly run; exit code 0 only if every active key is backed up
  --hsms N   N HSMs, ${USUAL_HSMS} to ${MOST_HSMS} (default ${USUAL_HSMS}), with ${KEYS_EACH} keys each unless --keys says otherwise
  --keys N   N active keys, all HSMs together (default ${LISTED_KEYS}); each number has a world of its own
  --search   one HSM more, sandbox, that no setting names, and a search that finds it: see docs/fleets.md
  --advance  move the clock ahead after the run, e.g. 61d or 12h, and show what the watch says on the way
  --json     print the summary as JSON to standard output, and everything else to standard error
  --fresh    forget this world of earlier starts (under .warden/) and begin with an empty one
  -h, --help show this`;

/** The most keys an HSM holds: https://learn.microsoft.com/azure/key-vault/managed-hsm/service-limits */
const KEYS_OF_AN_HSM = 5_000;

/** Reads the arguments; a string is what is wrong with them. */
export function readArguments(args: readonly string[]): StartArguments | string {
  const boolean = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        once: boolean,
        json: boolean,
        fresh: boolean,
        search: boolean,
        help: { ...boolean, short: 'h' },
        hsms: { type: 'string' },
        keys: { type: 'string' },
        advance: { type: 'string' },
      },
    });
    const hsms = values.hsms === undefined ? undefined : Number(values.hsms);
    if (hsms !== undefined && !isWhole(hsms, USUAL_HSMS, MOST_HSMS)) {
      return `--hsms: expected a whole number from ${USUAL_HSMS} to ${MOST_HSMS}, got ${values.hsms}`;
    }
    const most = (hsms ?? USUAL_HSMS) * KEYS_OF_AN_HSM;
    const keys = values.keys === undefined ? undefined : Number(values.keys);
    if (keys !== undefined && !isWhole(keys, 1, most)) {
      return `--keys: expected a whole number from 1 to ${most}, got ${values.keys}`;
    }
    const advanceMs = values.advance === undefined ? undefined : durationMs(values.advance);
    if (Number.isNaN(advanceMs))
      return `--advance: expected up to 400 days like 80d or 12h, got ${values.advance}`;
    const { once, json, fresh, search, help } = values;
    return {
      ...{ once, json, fresh, search, help, hsms, advanceMs },
      keys: keys ?? (hsms === undefined ? undefined : hsms * KEYS_EACH),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isWhole(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

/** `80d`, `12h`; NaN for anything else, and beyond the 400 days for which the app's tokens are good. */
function durationMs(text: string): number {
  const [, count = '', unit] = /^(\d{1,5})([dh])$/.exec(text) ?? [];
  const ms = Number(count) * (unit === 'd' ? 24 : 1) * 3_600_000;
  return count === '' || ms > 400 * 86_400_000 ? Number.NaN : ms;
}
