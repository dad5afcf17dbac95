/** What can be completed: commands, their options, and the values of these. */
import type { Command } from '../frame/command.ts';
import { allOptions } from '../frame/options.ts';

/** A command with its options. */
export interface Words {
  readonly path: string;
  readonly options: readonly { readonly names: readonly string[]; readonly choices: readonly string[] }[];
}

/** The options of a command, and the values that each may have. */
export function wordsOf(command: Command): Words {
  const options = allOptions(command).map(({ flags, choices = [] }) => ({
    names: flags.split(/[ ,|]+/).filter((word) => word.startsWith('-')),
    choices,
  }));
  return { path: command.path, options };
}

/** What may follow each beginning of a command: `` first words, `key` second ones, `key rotation-policy` third ones. */
export function tree(commands: readonly Command[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { path } of commands) {
    const words = path.split(' ');
    for (const [index, word] of words.entries()) {
      const before = words.slice(0, index).join(' ');
      const next = found.get(before) ?? [];
      if (!next.includes(word)) found.set(before, [...next, word]);
    }
  }
  return found;
}
