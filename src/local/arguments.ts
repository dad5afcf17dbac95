/** The arguments of `npm start`, checked. */
import { parseArgs } from 'node:util';
import { LISTED_KEYS } from './world/seed-keys.ts';

/** What the start was asked to do. */
export interface StartArguments {
  /** Ends after the run. */
  readonly once: boolean;
  /** Ends the output with one JSON line. */
  readonly json: boolean;
  /** Begins with an empty world. */
  readonly fresh: boolean;
  /** Active keys, both HSMs together. */
  readonly keys: number | undefined;
  readonly help: boolean;
}

/** How to call it. */
export const USAGE = `usage: npm start -- [--once] [--keys N] [--json] [--fresh]
  --once     end after the nightly run; exit code 0 only if every key is backed up
  --keys N   N active keys, both HSMs together (default ${LISTED_KEYS}); each number has a world of its own
  --json     print one JSON summary as the last line
  --fresh    forget this world of earlier starts (under .warden/) and begin anew`;

/** The most keys two HSMs hold: https://learn.microsoft.com/azure/key-vault/managed-hsm/service-limits says 5000 each. */
const MOST_KEYS = 10_000;

/** Reads the arguments; a string is what is wrong with them. */
export function readArguments(args: readonly string[]): StartArguments | string {
  const boolean = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { once: boolean, json: boolean, fresh: boolean, help: boolean, keys: { type: 'string' } },
    });
    const keys = values.keys === undefined ? undefined : Number(values.keys);
    if (keys !== undefined && !(Number.isInteger(keys) && keys >= 1 && keys <= MOST_KEYS)) {
      return `--keys: expected a whole number from 1 to ${MOST_KEYS}, got ${values.keys}`;
    }
    return { ...values, keys };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
