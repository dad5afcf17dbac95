/** An app (the backup app, if the settings name no other) in a process of its own, to be killed by a test at any moment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { LocalWorld } from './local-world.ts';

interface ProcessOptions {
  readonly script?: string;
  readonly errors?: 'inherit' | number;
}

/** A running app. */
export class AppProcess {
  readonly #child: ChildProcess;

  /** Where it answers. */
  readonly url: string;

  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, url: string, lines: AsyncIterator<string>) {
    this.#child = child;
    this.url = url;
    this.#lines = lines;
  }

  /**
   * Resolves when the app takes messages. `settings` go over those of the world; `aheadMs`: its clock before real time; `script`: a
   * bundle of the process, which starts sooner; `errors`: the file descriptor of its other output.
   */
  static async start(
    local: Pick<LocalWorld, 'world'>,
    settings: Readonly<Record<string, string>>,
    aheadMs = 0,
    { script = 'test/support/host-process.ts', errors = 'inherit' }: ProcessOptions = {},
  ): Promise<AppProcess> {
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, ...local.world.settings, ...settings, CLOCK_AHEAD_MS: String(aheadMs) },
      stdio: ['ignore', 'pipe', errors, 'ipc'],
    });
    if (child.stdout === null) throw new Error('expected an output');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { done, value: url } = await lines.next();
    if (done === true) throw new Error('the app ended before it was ready');
    return new AppProcess(child, url, lines);
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Moves the app's clock. */
  setClockAhead(ms: number): void {
    if (this.isAlive) this.#child.send(ms);
  }

  /** Kills it in this very instant; the operating system asks nobody. */
  strike(): void {
    this.#child.kill('SIGKILL');
  }

  /** Asks it to end, as a host is asked, and waits until it is gone. */
  async terminate(): Promise<void> {
    if (!this.isAlive) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await gone;
  }

  /** Resolves when so many keys have been dealt with since the last call. */
  async keysDone(count: number): Promise<void> {
    for (let left = count; left > 0; left -= 1) await this.#lines.next();
  }

  /** Kills it and waits until it is gone. */
  async kill(): Promise<void> {
    if (!this.isAlive) return;
    const gone = once(this.#child, 'exit');
    this.strike();
    await gone;
  }
}
