/**
 * Stands for az, azd or npm on the PATH of a hook: notes the call, then answers by the first rule of the table that fits.
 * A call that no rule knows fails loudly. `az rest` to Microsoft Graph goes to the fake directory.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerGraph } from './fake-graph.ts';
import type { Rule } from './hook-world.ts';

const [folder = '', tool = '', ...args] = process.argv.slice(2);
const line = [tool, ...args].join(' ');
appendFileSync(join(folder, 'calls'), `${line.replaceAll('\n', ' ')}\n`);

const flagsFile = join(folder, 'flags');
const flags = new Set(existsSync(flagsFile) ? readFileSync(flagsFile, 'utf8').split('\n') : []);
const rules: readonly Rule[] = JSON.parse(readFileSync(join(folder, 'rules.json'), 'utf8'));
const rule = rules.find(
  ({ call, when, unless }) =>
    new RegExp(call).test(line) &&
    (when === undefined || flags.has(when)) &&
    (unless === undefined || !flags.has(unless)),
);
if (rule === undefined && tool === 'az' && args[0] === 'rest') {
  const { code, stdout, stderr } = answerGraph(folder, args);
  finish(code, stdout, stderr);
} else if (rule === undefined) {
  finish(97, '', `no rule for: ${line}\n`);
} else {
  if (rule.sets !== undefined) writeFileSync(flagsFile, [...flags, rule.sets].join('\n'));
  if (rule.copies !== undefined) appendFileSync(join(folder, 'stdin'), readFileSync(0));
  finish(rule.code ?? 0, rule.stdout ?? '', rule.stderr ?? '');
}

function finish(code: number, stdout: string, stderr: string): void {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code;
}
