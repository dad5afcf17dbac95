/** Questions to whoever runs the command: on the terminal, or answered from a pipe. */
import { readFile } from 'node:fs/promises';
import type { CliContext } from './context.ts';
import { UsageError } from './failures.ts';

/** Asks, and returns the first line of the answer; undefined when there is none. */
export async function askLine(context: CliContext, question: string): Promise<string | undefined> {
  context.stderr.write(question);
  const [line] = await readLines(context);
  return line;
}

/** A secret from a file, or from standard input with `-`. The line end does not belong to it. Fails with UsageError. */
export async function readSecret(context: CliContext, path: string): Promise<string> {
  if (path === '-') {
    const [line = ''] = await readLines(context);
    return line;
  }
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch {
    throw new UsageError(
      `The file ${path} cannot be read.`,
      'Name a file that holds the password, or - for standard input.',
    );
  }
}

async function readLines({ stdin, signal }: CliContext): Promise<readonly string[]> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.includes('\n') || signal.aborted) break;
  }
  return text === '' ? [] : text.split(/\r?\n/);
}
