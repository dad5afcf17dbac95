import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { run } from './support/cli.ts';
import { CliWorld } from './support/cli-world.ts';

let world: CliWorld;

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso', seedKeys: 2 }, { name: 'stranger' }]);
  await world.client().createKey('first', 'EC-HSM', { curve: 'P-256' });
});

afterAll(async () => {
  await world?.close();
});

const on = (verb: string, name: string, ...more: string[]) => [
  ...['key', verb, '--hsm-name', 'contoso', '--name', name],
  ...more,
];

describe('errors', () => {
  it('are one sentence and what to do, on standard error, and never on standard output', async () => {
    const failed = await world.run(on('show', 'nowhere'));
    // As az: what a show command was to show does not exist.
    expect(failed).toMatchObject({ code: 3, stdout: '' });
    expect(failed.stderr.trimEnd().split('\n')).toHaveLength(2);
    expect(failed.stderr).not.toMatch(/\bat .*\.ts:\d/);
  });

  it.each([
    ['no HSM', ['key', 'show', '--name', 'a'], '--hsm-name'],
    ['no key', ['key', 'show', '--hsm-name', 'contoso'], '--name'],
    ['a name that no key can have', on('show', 'a_b'), '--name: expected'],
    [
      'both ways together',
      on('show', 'a', '--id', 'https://contoso.managedhsm.azure.net/keys/a'),
      'not both',
    ],
    ['an HSM that is not there', ['key', 'list', '--hsm-name', 'nowhere'], 'It has: contoso, stranger'],
    ['an unknown option', ['key', 'list', '--hsm', 'contoso'], 'unknown option'],
    ['an unknown command', ['key', 'shred'], 'unknown command'],
  ])('of %s end with code 2 and name it', async (_case, args, named) => {
    const failed = await world.run(args);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain(named);
  });
});

describe('a token file', () => {
  it('is never sent to a host elsewhere', async () => {
    const token = ['--token-file', join(world.folder, 'administrator.token')];
    const refused = await run(['key', 'list', '--hsm-name', 'contoso', ...token]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('is not on this machine');
  });
});

describe('output', () => {
  it('is a table of titles and rows, or fields between tabs, as az prints them', async () => {
    const list = ['key', 'list', '--hsm-name', 'contoso', '--maxresults', '2'];
    const table = await world.run([...list, '-o', 'table']);
    expect(table.stdout.split('\n')[0]).toMatch(/^Kid {2,}Name$/);
    expect(table.stdout.trimEnd().split('\n')).toHaveLength(4);
    const tsv = await world.run([...list, '-o', 'tsv']);
    const lines = tsv.stdout.split('\n').slice(0, -1);
    expect(lines.map((line) => line.split('\t').length)).toEqual([5, 5]);
  });

  it('on a terminal is a table for people, unless another is asked for', async () => {
    const list = ['key', 'list', '--hsm-name', 'contoso', '--maxresults', '2'];
    const shown = await world.run(list, { terminal: true });
    expect(shown.stdout.split('\n')[0]).toMatch(/^Name {2,}Version {2,}Enabled/);
    const asked = await world.run([...list, '-o', 'json'], { terminal: true });
    expect(JSON.parse(asked.stdout)).toHaveLength(2);
  });

  it('of a key shows every member that az shows', async () => {
    const { stdout } = await world.run(on('show', 'first'));
    const members = z.record(z.string(), z.unknown()).parse(JSON.parse(stdout));
    expect(Object.keys(members).sort()).toEqual(['attributes', 'key', 'managed', 'releasePolicy', 'tags']);
  });
});
