// `npm run emulator` and `hsm-warden emulator` take the same options, and both explain them.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { readCommandLine, USAGE } from '../../../src/emulator/cli-options.ts';
import { COMMAND_OPTIONS, CommandValues, memberName } from '../../../src/emulator/command-options.ts';

const EMULATOR = new URL('../../../src/emulator/main.ts', import.meta.url).pathname;
const WARDEN = new URL('../../../src/cli/main.ts', import.meta.url).pathname;
const names = COMMAND_OPTIONS.map(({ name }) => name);

/** The long options in a text, without hyphens. */
function optionsIn(text: string): string[] {
  return [...text.matchAll(/--([a-z][a-z-]*)/g)].map((found) => found[1] ?? '');
}

test('every option has one value that is checked', () => {
  expect(Object.keys(CommandValues.shape)).toEqual(names.map(memberName));
});

test('hsm-warden emulator has all of them and no other', () => {
  const command = COMMANDS.find(({ path }) => path === 'emulator');
  expect(command?.options.flatMap(({ flags }) => optionsIn(flags))).toEqual(names);
});

test('the documentation names all of them and no other', async () => {
  const page = await readFile(new URL('../../../docs/emulator.md', import.meta.url), 'utf8');
  const table = page.split('\n').filter((line) => line.startsWith('| `-'));
  expect(optionsIn(table.join('\n')).sort()).toEqual([...names, 'help'].sort());
});

test.each(['--help', '-h'])('npm run emulator -- %s explains them and ends with code 0', async (flag) => {
  expect(readCommandLine(['--port', '1', flag])).toBe('help');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [EMULATOR, flag]);
  expect([stdout, stderr]).toEqual([`${USAGE}\n`, '']);
  expect(optionsIn(stdout)).toEqual(expect.arrayContaining(names));
});

test('hsm-warden emulator --help explains them and ends with code 0', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [WARDEN, 'emulator', '--help']);
  expect(optionsIn(stdout)).toEqual(expect.arrayContaining(names));
});
