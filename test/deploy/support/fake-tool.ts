/**
 * Stands for az, azd and npm on the PATH of a hook: notes the call, then answers by the first rule that fits. A call that no
 * rule knows fails loudly; `az rest` to Microsoft Graph goes to the fake directory. A shell script, since a hook calls them
 * dozens of times.
 */
import { buildSync } from 'esbuild';

/** The file beside the tools that answers `az rest`. */
export const AZ_REST = 'az-rest.mjs';

/** What that file holds: plain JavaScript, which starts in half the time of its source. */
export function azRestScript(): string {
  const { outputFiles } = buildSync({
    entryPoints: ['test/deploy/support/fake-az-rest.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  return outputFiles.map(({ text }) => text).join('');
}

/** What a tool answers to calls that fit. The first rule that fits counts. */
export interface Rule {
  /** Regular expression on the whole call, such as `^az group exists --name rg-warden `. */
  readonly call: string;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Exit code; 0 unless this says otherwise. */
  readonly code?: number;
  /** Only while this flag is set. */
  readonly when?: string;
  /** Only while this flag is not set. */
  readonly unless?: string;
  /** A flag that the call sets. */
  readonly sets?: string;
  /** Whether standard input is read and kept: a tool that would ask. */
  readonly copies?: true;
}

/** The script behind each tool; it knows its `folder` and the name of the `tool`. From call number `failAt` on all fail. */
export function toolScript(rules: readonly Rule[], failAt?: number): string {
  return [
    'line="$tool $*"',
    // Line ends in an argument would make two calls of one.
    `line=\${line//$'\\n'/ }`,
    'printf "%s\\n" "$line" >>"$folder/calls"',
    ...(failAt === undefined
      ? []
      : [`[ "$(wc -l <"$folder/calls")" -lt ${failAt} ] || { echo 'no connection' >&2; exit 1; }`]),
    ...rules.map(ruleScript),
    `if [[ $line == "az rest "* ]]; then exec node "$folder/${AZ_REST}" "$folder" "$@"; fi`,
    'printf "no rule for: %s\\n" "$line" >&2',
    'exit 97',
    '',
  ].join('\n');
}

function ruleScript({ call, stdout = '', stderr = '', code = 0, when, unless, sets, copies }: Rule): string {
  const conditions = [
    '[[ $line =~ $fits ]]',
    ...(when === undefined ? [] : [`[ -e ${flag(when)} ]`]),
    ...(unless === undefined ? [] : [`[ ! -e ${flag(unless)} ]`]),
  ];
  return [
    `fits=${quoted(call)}`,
    `if ${conditions.join(' && ')}; then`,
    ...(sets === undefined ? [] : [`  : >${flag(sets)}`]),
    ...(copies === undefined ? [] : ['  cat >>"$folder/stdin"']),
    `  printf %s ${quoted(stdout)}`,
    `  printf %s ${quoted(stderr)} >&2`,
    `  exit ${code}`,
    'fi',
  ].join('\n');
}

function flag(name: string): string {
  return `"$folder"/${quoted(`flag ${name}`)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
