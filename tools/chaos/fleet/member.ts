/** One place of the fleet: an instance of an app that is started again whenever it was killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Said } from './messages.ts';

/** What a member runs. */
export interface MemberOptions {
  readonly name: string;
  /** The bundle of the process, and the environment that names its app. */
  readonly script: string;
  /** `start`: how often it was started before. */
  readonly environment: (start: number) => Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** The host gives the hooks 5 s; the rest is for a busy machine. */
const STOP_LIMIT_MS = 20_000;
const START_LIMIT_MS = 60_000;
const RESTART_MS = 1_000;
/** No function waits for longer: each of its waits has a limit. */
const RUN_LIMIT_MS = 180_000;

/** A process that did not end, or did not come up, within its limit. */
export type OnHung = (what: string) => void;

/** An instance and its successors. */
export class Member {
  readonly name: string;
  url: string | undefined;
  readonly #options: MemberOptions;
  readonly #onHung: OnHung;
  readonly #log: WriteStream;
  readonly #answers = new Map<number, (outcome: 'succeeded' | 'failed') => void>();
  #child: ChildProcess | undefined;
  /** The process that is being ended: its exit is no surprise. */
  #ending: ChildProcess | undefined;
  #starts = 0;
  #asked = 0;
  #busy: Promise<void> = Promise.resolve();

  constructor(options: MemberOptions, onHung: OnHung) {
    this.name = options.name;
    this.#options = options;
    this.#onHung = onHung;
    this.#log = createWriteStream(options.logFile, { flags: 'a' });
  }

  /** Runs a function there; `failed` also when the process is not there, or dies. */
  async run(name: string, data?: readonly string[]): Promise<'succeeded' | 'failed'> {
    const child = this.#child;
    if (this.url === undefined || child?.connected !== true) return 'failed';
    const id = this.#asked;
    this.#asked += 1;
    const answered = Promise.withResolvers<'succeeded' | 'failed'>();
    this.#answers.set(id, answered.resolve);
    child.send({ id, run: name, data }, (error) => {
      if (error !== null) answered.resolve('failed');
    });
    const ended = answered.promise.then(() => undefined);
    if (await isLate(ended, RUN_LIMIT_MS)) {
      this.#onHung(`${name} in ${this.name} did not end within ${RUN_LIMIT_MS / 1000} s`);
      answered.resolve('failed');
    }
    return answered.promise.finally(() => this.#answers.delete(id));
  }

  /** Starts it. What is asked of a member is done one after the other. */
  start(): Promise<void> {
    return this.#next(() => this.#start());
  }

  /** Ends the process by `signal`, and starts another when `again`; false when there was none to end. */
  async kill(signal: 'SIGKILL' | 'SIGTERM', again: boolean): Promise<boolean> {
    let killed = false;
    await this.#next(async () => {
      killed = await this.#end(signal);
      if (again) await this.#start();
    });
    return killed;
  }

  #next(work: () => Promise<void>): Promise<void> {
    this.#busy = this.#busy.then(work);
    return this.#busy;
  }

  async #start(): Promise<void> {
    const environment = { ...process.env, ...this.#options.environment(this.#starts) };
    this.#starts += 1;
    const child = spawn(process.execPath, [this.#options.script], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    child.stdout?.pipe(this.#log, { end: false });
    child.stderr?.pipe(this.#log, { end: false });
    const up = Promise.withResolvers<void>();
    child.on('message', (message) => {
      const said = Said.parse(message);
      if ('url' in said) {
        this.url = said.url;
        up.resolve();
      } else this.#answers.get(said.id)?.(said.outcome);
    });
    child.once('exit', (code) => {
      this.url = undefined;
      for (const resolve of this.#answers.values()) resolve('failed');
      up.resolve();
      if (this.#ending === child) return;
      this.#onHung(`${this.name} ended on its own, with ${code}`);
      setTimeout(() => void this.start(), RESTART_MS);
    });
    if (await isLate(up.promise, START_LIMIT_MS)) this.#onHung(`${this.name} did not come up`);
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<boolean> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return false;
    this.#ending = child;
    const gone = once(child, 'exit').then(() => undefined);
    child.kill(signal);
    if (await isLate(gone, STOP_LIMIT_MS)) {
      this.#onHung(`${this.name} did not end within ${STOP_LIMIT_MS} ms after ${signal}`);
      child.kill('SIGKILL');
      await gone;
    }
    return true;
  }
}

/** Whether `promise` takes longer than `ms`. */
export async function isLate(promise: Promise<void>, ms: number): Promise<boolean> {
  const over = new AbortController();
  const late = wait(ms, true, { signal: over.signal }).catch(() => false);
  const result = await Promise.race([promise.then(() => false), late]);
  over.abort();
  return result;
}
