/** People at the command line: each command in a process of its own, killed at any moment or left to end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { isLate, type OnHung } from '../fleet/member.ts';
import { part } from './others.ts';

/** No rebuild of the catalogue: it would put right what a campaign is to find. */
const COMMANDS: readonly (readonly string[])[] = [
  ['status'],
  ['watch'],
  ['backup', 'run'],
  ['backup', 'verify'],
  ['backup', 'list'],
  ['audit', 'verify'],
  ['queue', 'list'],
  ['queue', 'retry', 'watch-looks', '--all'],
  ['queue', 'retry', 'key-backups', '--all'],
  ['recovery', 'list'],
];
/** A killed command has so long to get somewhere first, in milliseconds. */
const LONGEST_LIFE_MS = 6_000;
/** Every wait of a command has a limit, and a sweep under bad weather has many; with all of them it ends within this. */
const LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 20_000;
/** Node starts in a fraction of a second; two at a time are enough for two cores. */
const AT_ONCE = 2;

/** What commands need. */
export interface CommandsOptions {
  readonly script: string;
  readonly worldFile: string;
  readonly logFile: string;
  readonly onHung: OnHung;
}

/** The commands under way. */
export class Commands {
  readonly #options: CommandsOptions;
  readonly #running = new Set<ChildProcess>();
  readonly #log: WriteStream;

  constructor(options: CommandsOptions) {
    this.#options = options;
    this.#log = createWriteStream(options.logFile, { flags: 'a' });
  }

  /** Starts a command and lets it end; false when enough are at work. */
  run(chance: number): boolean {
    const child = this.#start(chance);
    if (child !== undefined) void this.#watch(child);
    return child !== undefined;
  }

  /** Starts a command and ends it in its middle; false when it had ended before, or enough are at work. */
  async kill(signal: 'SIGKILL' | 'SIGTERM', chance: number): Promise<boolean> {
    const child = this.#start(chance);
    if (child === undefined) return false;
    const [, rest] = part(chance, COMMANDS);
    const ended = gone(child);
    if (!(await isLate(ended, rest * LONGEST_LIFE_MS))) return false;
    child.kill(signal);
    if (await isLate(ended, STOP_LIMIT_MS)) this.#hung(child, `after ${signal}`);
    return true;
  }

  /** Resolves when all have ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.#running].map(gone));
  }

  #start(chance: number): ChildProcess | undefined {
    if (this.#running.size >= AT_ONCE) return undefined;
    const [command = []] = part(chance, COMMANDS);
    const { script, worldFile } = this.#options;
    const child = spawn(process.execPath, [script, ...command, '--emulator'], {
      env: { ...process.env, HSM_WARDEN_WORLD: worldFile },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout?.pipe(this.#log, { end: false });
    child.stderr?.pipe(this.#log, { end: false });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return child;
  }

  async #watch(child: ChildProcess): Promise<void> {
    if (await isLate(gone(child), LIMIT_MS)) this.#hung(child, `after ${LIMIT_MS} ms`);
  }

  #hung(child: ChildProcess, when: string): void {
    this.#options.onHung(`the command ${child.spawnargs.slice(2).join(' ')} did not end ${when}`);
    child.kill('SIGKILL');
  }
}

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
