/** Reads command lines as the product does, and does nothing. */
import { Readable } from 'node:stream';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { COMMANDS, GROUPS } from '../../../src/cli/commands.ts';
import { runProgram } from '../../../src/cli/frame/program.ts';

/** What the command line says against `args`: an unknown command, option or value, a missing argument. Empty when it understands. */
export async function complaintAbout(args: readonly string[]): Promise<string> {
  let stderr = '';
  const idle = COMMANDS.map((command) => ({ ...command, run: () => Promise.resolve({}) }));
  const code = await runProgram({ version: '', commands: idle, groups: GROUPS }, args, {
    stdout: { isTTY: false, write: () => undefined },
    stderr: {
      isTTY: false,
      write: (text) => {
        stderr += text;
      },
    },
    stdin: Readable.from([]),
    environment: {},
    folder: '.',
    clock: systemClock,
    signal: new AbortController().signal,
  });
  return code === 0 ? stderr : `${stderr}exit code ${code}`;
}
