/** `hsm-warden completion`: shell completion, made from the definitions of the commands. */
import { z } from 'zod';
import type { Command } from './frame/command.ts';
import { defineCommand } from './frame/define.ts';
import { allOptions } from './frame/options.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
const MAKERS = { bash, zsh, fish };

/** The command; `commands` gives the table that it completes, itself included. */
export function completionOf(commands: () => readonly Command[]): Command {
  return defineCommand({
    path: 'completion',
    summary: 'Print the completion of commands, options and values for a shell',
    format: 'table',
    arguments: [{ name: '<shell>', description: `the shell: ${SHELLS.join(', ')}` }],
    options: [],
    examples: ['hsm-warden completion bash', 'hsm-warden completion zsh', 'hsm-warden completion fish'],
    schema: z.object({ shell: z.enum(SHELLS, `expected one of ${SHELLS.join(', ')}`) }),
    run: async (_context, { shell }) => ({ page: MAKERS[shell](commands()) }),
  });
}

interface Words {
  readonly path: string;
  readonly options: readonly { readonly names: readonly string[]; readonly choices: readonly string[] }[];
}

function wordsOf(command: Command): Words {
  const options = allOptions(command).map(({ flags, choices = [] }) => ({
    names: flags.split(/[ ,|]+/).filter((word) => word.startsWith('-')),
    choices,
  }));
  return { path: command.path, options };
}

/** What may follow each beginning of a command: `` first words, `key` second ones, `key rotation-policy` third ones. */
function tree(commands: readonly Command[]): ReadonlyMap<string, readonly string[]> {
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

function bash(commands: readonly Command[]): string {
  const cases = commands
    .map(wordsOf)
    .flatMap(({ path, options }) => [
      ...options
        .filter(({ choices }) => choices.length > 0)
        .map(
          ({ names, choices }) =>
            `    ${names.map((name) => `"${path} ${name}"`).join('|')}) words="${choices.join(' ')}" ;;`,
        ),
      `    "${path} "*) words="${options.flatMap(({ names }) => names).join(' ')}" ;;`,
    ]);
  const groups = [...tree(commands)];
  return `# Completion of hsm-warden for bash: source <(hsm-warden completion bash)
_hsm_warden() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" i=1
  while [ "$i" -lt "$COMP_CWORD" ]; do
    case "$path" in
      ${groups.map(([before]) => `"${before}"`).join('|')}) path="\${path:+$path }\${COMP_WORDS[i]}" ;;
      *) break ;;
    esac
    i=$((i+1))
  done
  case "$path" in
${groups.map(([before, next]) => `    "${before}") words="${next.join(' ')}" ;;`).join('\n')}
    *) case "$path $previous" in
${cases.join('\n')}
    esac ;;
  esac
  [ -z "$words" ] && { COMPREPLY=($(compgen -f -- "$current")); return; }
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _hsm_warden hsm-warden
`;
}

/** zsh runs the completion of bash as it is. */
function zsh(commands: readonly Command[]): string {
  return `# Completion of hsm-warden for zsh: source <(hsm-warden completion zsh)
autoload -Uz compinit bashcompinit && compinit && bashcompinit
${bash(commands)}`;
}

function fish(commands: readonly Command[]): string {
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
