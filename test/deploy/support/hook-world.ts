/** Runs a hook for real, with az, azd and npm that answer from a table and note every call. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Directory, readDirectory, writeDirectory } from './fake-graph.ts';
import { AZ_REST, azRestScript, type Rule, toolScript } from './fake-tool.ts';

/** How a hook ended. */
export interface HookRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The calls of this run, in order. */
  readonly calls: readonly string[];
}

/** Waiting has its limits, but takes no time here. */
const QUICK = { HSM_WARDEN_RETRY_SECONDS: '0', HSM_WARDEN_GRAPH_TRIES: '4', HSM_WARDEN_REGISTER_TRIES: '3' };

const ANSWERS = azRestScript();

/** A folder with the tools, their table and what they noted. */
export class HookWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'warden-hooks-'));
  rules: readonly Rule[];

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    for (const tool of ['az', 'azd', 'npm']) {
      const path = join(this.folder, tool);
      writeFileSync(path, `#!/bin/bash\nfolder='${this.folder}' tool=${tool}\n. '${this.folder}/tool.sh'\n`);
      chmodSync(path, 0o755);
    }
    writeFileSync(join(this.folder, AZ_REST), ANSWERS);
    symlinkSync(process.execPath, join(this.folder, 'node'));
  }

  /** What the fake directory holds. */
  get directory(): Directory {
    return readDirectory(this.folder);
  }

  set directory(directory: Directory) {
    writeDirectory(this.folder, directory);
  }

  /**
   * Runs `infra/hooks/{hook}` with nothing in its environment but the tools, no waiting, and `environment`. The call
   * number `failAt` of it fails, and so do all after it, as when the connection is gone.
   */
  async run(
    hook: string,
    environment: Readonly<Record<string, string>> = {},
    options: { readonly args?: readonly string[]; readonly stdin?: string; readonly failAt?: number } = {},
  ): Promise<HookRun> {
    writeFileSync(join(this.folder, 'tool.sh'), toolScript(this.rules, options.failAt));
    rmSync(join(this.folder, 'calls'), { force: true });
    const child = spawn('sh', [resolve('infra/hooks', hook), ...(options.args ?? [])], {
      env: { PATH: `${this.folder}:/usr/bin:/bin`, ...QUICK, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text;
    });
    // A hook that does not read closes the pipe first.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
    const [code] = await once(child, 'close');
    return { code: Number(code), ...said, calls: this.#lines('calls') };
  }

  /** What tools read from standard input so far. */
  get asked(): string {
    return this.#lines('stdin').join('\n');
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #lines(name: string): readonly string[] {
    const path = join(this.folder, name);
    return existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  }
}
