/** Runs command lines in this process, as a shell would, and keeps what they said. */
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import type { Clock } from '../../../src/core/ports.ts';
import type { Environment } from '../../../src/platform/config/config.ts';

/** What a command line said and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The surroundings a test wants; everything else is as in a script. */
export interface Surroundings {
  readonly environment?: Environment;
  readonly folder?: string;
  readonly stdin?: string;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly terminal?: boolean;
  readonly program?: string;
  readonly onStdout?: (text: string) => void;
  readonly onStderr?: (text: string) => void;
  /** How long ago the person gave the command, milliseconds. */
  readonly givenAgoMs?: number;
}

/** Runs `args` to their end. */
export async function run(args: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const { environment = {}, stdin = '', clock = systemClock, terminal = false } = surroundings;
  const said = { stdout: '', stderr: '' };
  const code = await runCli(args, {
    stdout: {
      isTTY: terminal,
      write: (text) => {
        said.stdout += text;
        surroundings.onStdout?.(text);
      },
    },
    stderr: {
      isTTY: terminal,
      write: (text) => {
        said.stderr += text;
        surroundings.onStderr?.(text);
      },
    },
    stdin: Readable.from(stdin === '' ? [] : [stdin]),
    environment,
    folder: surroundings.folder ?? tmpdir(),
    clock,
    ...(surroundings.program === undefined ? {} : { program: surroundings.program }),
    ...(surroundings.givenAgoMs === undefined
      ? {}
      : { startedAt: performance.now() - surroundings.givenAgoMs }),
    signal: surroundings.signal ?? new AbortController().signal,
  });
  return { code, ...said };
}

/** Splits a command line as a shell does: at spaces, but not within single quotes. */
export function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);
}
