/** Completion for PowerShell 7 and Windows PowerShell 5.1. */
import type { Command } from '../frame/command.ts';
import { tree, wordsOf } from './words.ts';

/**
 * The script, to be run in a profile. Words are looked up by what stands before them: the command so far, or the command and
 * an option that takes one of several values
 * (https://learn.microsoft.com/powershell/module/microsoft.powershell.core/register-argumentcompleter).
 */
export function powershell(commands: readonly Command[]): string {
  const next = [...tree(commands)].map(([before, words]) => entry('next', before, words));
  const options = commands.map(wordsOf).flatMap(({ path, options: all }) => [
    entry(
      'next',
      path,
      all.flatMap(({ names }) => names),
    ),
    ...all.flatMap(({ names, choices }) =>
      choices.length === 0 ? [] : names.map((name) => entry('values', `${path} ${name}`, choices)),
    ),
  ]);
  return `# Completion of hsm-warden for PowerShell: hsm-warden completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName hsm-warden -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $next = [System.Collections.Generic.Dictionary[string, string[]]]::new()
  $values = [System.Collections.Generic.Dictionary[string, string[]]]::new()
${[...next, ...options].map((line) => `  ${line}`).join('\n')}
  $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $path = ''
  foreach ($word in $before) {
    $longer = if ($path) { "$path $word" } else { $word }
    if (-not $next.ContainsKey($longer)) { break }
    $path = $longer
  }
  $words = $next[$path]
  if ($before.Count -gt 0 -and $values.ContainsKey("$path $($before[-1])")) { $words = $values["$path $($before[-1])"] }
  $words | Where-Object { $_ -like "$wordToComplete*" } |
    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
`;
}

function entry(table: 'next' | 'values', before: string, words: readonly string[]): string {
  return `$${table}['${quoted(before)}'] = @(${words.map((word) => `'${quoted(word)}'`).join(', ')})`;
}

/** Within single quotes PowerShell reads nothing but these, doubled. */
function quoted(text: string): string {
  return text.replaceAll("'", "''");
}
