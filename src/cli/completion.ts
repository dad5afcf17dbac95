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

/** The first words, and for each the second ones. */
function tree(commands: readonly Command[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { path } of commands) {
    const [first = '', second] = path.split(' ');
    found.set(first, [...(found.get(first) ?? []), ...(second === undefined ? [] : [second])]);
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
  const groups = [...tree(commands)].filter(([, seconds]) => seconds.length > 0);
  return `# Completion of hsm-warden for bash: source <(hsm-warden completion bash)
_hsm_warden() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="\${COMP_WORDS[1]}" words=""
  case " ${groups.map(([first]) => first).join(' ')} " in *" $path "*) path="$path \${COMP_WORDS[2]}" ;; esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${[...tree(commands).keys()].join(' ')}"
  elif [ "$COMP_CWORD" -eq 2 ] && [ "$path" != "\${COMP_WORDS[1]}" ]; then case "\${COMP_WORDS[1]}" in
${groups.map(([first, seconds]) => `    ${first}) words="${seconds.join(' ')}" ;;`).join('\n')}
  esac
  else case "$path $previous" in
${cases.join('\n')}
  esac; fi
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
  for (const [first, seconds] of tree(commands)) {
    lines.push(`complete -c hsm-warden -n __fish_use_subcommand -a ${first}`);
    if (seconds.length === 0) continue;
    const none = `__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${seconds.join(' ')}`;
    lines.push(`complete -c hsm-warden -n '${none}' -a '${seconds.join(' ')}'`);
  }
  for (const { path, options } of commands.map(wordsOf)) {
    const seen = path
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ');
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
