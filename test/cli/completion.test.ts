import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { run } from './support/cli.ts';

/** What bash offers at the end of `words`. */
async function offered(...words: string[]): Promise<string[]> {
  const { stdout: script } = await run(['completion', 'bash']);
  const line = words.map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _hsm_warden; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', `${script}\n${ask}`]);
  return stdout.split('\n').filter(Boolean);
}

describe('completion in bash', () => {
  it.each([
    ['the first word', ['hsm-warden', 'st'], ['status']],
    ['the second word', ['hsm-warden', 'key', 'list'], ['list', 'list-versions', 'list-deleted']],
    ['the third word', ['hsm-warden', 'key', 'rotation-policy', 'u'], ['update']],
    ['an option', ['hsm-warden', 'key', 'create', '--hsm'], ['--hsm-name']],
    ['an option of a command of one word', ['hsm-warden', 'watch', '--fo'], ['--follow']],
    ['the values of an option', ['hsm-warden', 'key', 'create', '--curve', 'P-3'], ['P-384']],
    ['nothing where nothing fits', ['hsm-warden', 'key', 'create', '--zzz'], []],
  ])('offers %s', async (_case, words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });
});

describe('completion in other shells', () => {
  it('in fish knows every command, its options and their values', async () => {
    const { stdout } = await run(['completion', 'fish']);
    expect(stdout).toContain('-a status');
    expect(stdout).toMatch(
      /__fish_seen_subcommand_from key; and __fish_seen_subcommand_from create' -l curve -x -a 'P-256/,
    );
  });

  it('in zsh is that of bash', async () => {
    const [zsh, bash] = [
      (await run(['completion', 'zsh'])).stdout,
      (await run(['completion', 'bash'])).stdout,
    ];
    expect(zsh).toContain('bashcompinit');
    expect(zsh).toContain(bash);
  });

  it('in PowerShell knows every command, its options and their values', async () => {
    const { stdout } = await run(['completion', 'powershell']);
    expect(stdout).toContain("$next['key'] = @('create', ");
    expect(stdout).toMatch(/\$next\['status'\] = @\('-/);
    expect(stdout).toContain("$values['key create --curve'] = @('P-256', ");
    const beginnings = [...stdout.matchAll(/^ {2}\$next\['(.*)'\] = /gm)].map(([, before]) => before);
    expect(new Set(beginnings).size).toBe(beginnings.length);
  });

  it('refuses a shell it does not know', async () => {
    expect((await run(['completion', 'csh'])).code).toBe(2);
  });
});
