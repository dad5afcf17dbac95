/** Questions to whoever runs the command: on the terminal, or answered from a pipe. */
import { readFile } from 'node:fs/promises';
import type { CliContext } from './context.ts';
import { UsageError } from './failures.ts';
import { decodeText, readLineBytes } from './text-input.ts';

/** Asks, and returns the first line of the answer; undefined when there is none. Fails with the reason of an abort. */
export async function askLine(context: CliContext, question: string): Promise<string | undefined> {
  context.stderr.write(question);
  const bytes = await readLineBytes(context.stdin, context.signal);
  return bytes === undefined ? undefined : firstLine(decodeText(bytes, 'The answer'));
}

/**
 * A secret from the first line of a file, or of standard input with `-`. Neither the line end nor a byte-order mark belongs to
 * it. Fails with UsageError, or with the reason of an abort.
 */
export async function readSecret(
  context: Pick<CliContext, 'stdin' | 'signal'>,
  path: string,
): Promise<string> {
  if (path === '-') {
    const bytes = await readLineBytes(context.stdin, context.signal);
    return bytes === undefined ? '' : firstLine(decodeText(bytes, 'Standard input'));
  }
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    throw new UsageError(
      `The file ${path} cannot be read.`,
      'Name a file that holds the password, or - for standard input.',
    );
  }
  return decodeText(bytes, `The file ${path}`).replace(/\r?\n$/, '');
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0]?.replace(/\r$/, '') ?? '';
}
