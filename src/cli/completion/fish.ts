/** Completion for fish. */
import type { Command } from '../frame/command.ts';
import { tree, wordsOf } from './words.ts';

/** The script, to be sourced. */
export function fish(commands: readonly Command[]): string {
  const lines = [
    '# Completion of hsm-warden for fish: hsm-warden completion fish | source',
    'complete -c hsm-warden -f',
  ];
  for (const [before, next] of tree(commands)) {
    if (before === '') {
      for (const word of next) lines.push(`complete -c hsm-warden -n __fish_use_subcommand -a ${word}`);
      continue;
    }
    const none = `${seenAll(before)}; and not __fish_seen_subcommand_from ${next.join(' ')}`;
    lines.push(`complete -c hsm-warden -n '${none}' -a '${next.join(' ')}'`);
  }
  for (const { path, options } of commands.map(wordsOf)) {
    const seen = seenAll(path);
    for (const { names, choices } of options) {
      const flags = names
        .map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
        .join(' ');
      const values = choices.length === 0 ? '' : ` -x -a '${choices.join(' ')}'`;
      lines.push(`complete -c hsm-warden -n '${seen}' ${flags}${values}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function seenAll(path: string): string {
  const words = path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  return words.join('; and ');
}
