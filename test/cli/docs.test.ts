import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { COMMANDS, GROUPS } from '../../src/cli/commands.ts';
import { VERSION } from '../../src/cli/run-cli.ts';
import { cliPage } from '../../tools/cli-doc.ts';
import { run, words } from './support/cli.ts';
import { complaintAbout } from './support/understood.ts';

describe('the documentation of the command line', () => {
  it('is what the commands say (npm run docs)', async () => {
    expect(await readFile('docs/cli.md', 'utf8')).toBe(cliPage());
  });

  it('names the version of the package', async () => {
    expect(JSON.parse(await readFile('package.json', 'utf8'))).toMatchObject({ version: VERSION });
    expect((await run(['--version'])).stdout).toBe(`${VERSION}\n`);
  });
});

describe.each(COMMANDS.map((command) => [command.path, command] as const))(
  'hsm-warden %s',
  (path, command) => {
    it('has help with its summary, every option and its examples', async () => {
      const { code, stdout } = await run([...path.split(' '), '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(command.summary);
      for (const { flags } of command.options) expect(stdout).toContain(flags);
      for (const example of command.examples) expect(stdout).toContain(example);
    });

    it('has examples of itself that its own options allow', async () => {
      expect(command.examples.length).toBeGreaterThan(0);
      for (const example of command.examples) {
        expect(example).toMatch(new RegExp(`^hsm-warden ${path}( |$)`));
        expect(await complaintAbout(words(example).slice(1)), example).toBe('');
      }
    });

    it('belongs to a group that says what it is for, unless it stands alone', () => {
      const [first = '', second] = path.split(' ');
      expect(Object.hasOwn(GROUPS, first)).toBe(second !== undefined);
    });
  },
);
