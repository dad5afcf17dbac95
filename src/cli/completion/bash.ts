/** Completion for bash, which zsh runs, too. */
import type { Command } from '../frame/command.ts';
import { tree, wordsOf } from './words.ts';

/** The script, to be sourced. */
export function bash(commands: readonly Command[]): string {
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
export function zsh(commands: readonly Command[]): string {
  return `# Completion of hsm-warden for zsh: source <(hsm-warden completion zsh)
autoload -Uz compinit bashcompinit && compinit && bashcompinit
${bash(commands)}`;
}
