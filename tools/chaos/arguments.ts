/** The arguments of `npm run chaos`, checked. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { PLANTED_BUGS, type PlantedBug } from './planted/bugs.ts';

/** What the campaign was asked to be. */
export interface ChaosArguments {
  readonly seed: number;
  /** How long there is chaos, in milliseconds; what it left is brought to rest and checked afterwards. */
  readonly durationMs: number;
  readonly kills: number;
  /** The share of requests that fall ill, from 0 to 1. */
  readonly rate: number;
  readonly json: boolean;
  /** A bug put into the product, to see the checker fail. */
  readonly bug: PlantedBug | undefined;
  /** Keeps the world's folder, to look at. */
  readonly keep: boolean;
  readonly help: boolean;
}

/** How to call it. */
export const USAGE = `usage: npm run chaos -- [--seed N] [--minutes M] [--kills N] [--faults P] [--json]
  --seed N     the plan of faults, kills and operations is a function of it (default: a random one)
  --minutes M  how long there is chaos, before all comes to rest and is checked (default 2)
  --kills N    processes killed in that time (default: 15 a minute)
  --faults P   percentage of requests that fall ill (default 30)
  --json       print progress to standard error only; the last line of standard output is JSON in any case
  --plant BUG  put a bug into the product, which the checker must find: ${PLANTED_BUGS.map(({ name }) => name).join(', ')}
  --keep       keep the folder with the world and all logs also when nothing is wrong, and say where it is
  -h, --help   show this`;

const KILLS_A_MINUTE = 15;
const MOST_MINUTES = 24 * 60;

/** Reads the arguments; a string is what is wrong with them. */
export function readArguments(args: readonly string[]): ChaosArguments | string {
  const text = { type: 'string' } as const;
  const boolean = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: text,
        minutes: { ...text, default: '2' },
        kills: text,
        faults: { ...text, default: '30' },
        plant: text,
        json: boolean,
        keep: boolean,
        help: { ...boolean, short: 'h' },
      },
    });
    const seed = values.seed === undefined ? randomInt(2 ** 31) : wholeNumber('--seed', values.seed, 2 ** 31);
    const minutes = numberUpTo('--minutes', values.minutes, MOST_MINUTES);
    const kills =
      values.kills === undefined
        ? Math.round(minutes * KILLS_A_MINUTE)
        : wholeNumber('--kills', values.kills, 1e6);
    const rate = numberUpTo('--faults', values.faults, 90) / 100;
    const bug = PLANTED_BUGS.find(({ name }) => name === values.plant);
    if (values.plant !== undefined && bug === undefined)
      throw new Error(`--plant: there is no ${values.plant}`);
    const { json, keep, help } = values;
    return { seed, durationMs: minutes * 60_000, kills, rate, bug, json, keep, help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wholeNumber(option: string, text: string, most: number): number {
  const number = numberUpTo(option, text, most);
  if (!Number.isInteger(number)) throw new Error(`${option}: expected a whole number, got ${text}`);
  return number;
}

function numberUpTo(option: string, text: string, most: number): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!(number >= 0 && number <= most)) throw new Error(`${option}: expected 0 to ${most}, got ${text}`);
  return number;
}
