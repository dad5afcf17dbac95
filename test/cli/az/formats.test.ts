import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { words } from '../support/cli.ts';
import type { CliWorld } from '../support/cli-world.ts';
import { az, ON, startAzWorld } from './support/az-world.ts';

let world: CliWorld;
beforeAll(async () => {
  world = await startAzWorld();
});
afterAll(() => world?.close());

describe('formats', () => {
  it.each([
    ['[].name', 'tsv', /^rsa$/m],
    ["[?name=='off'].attributes.enabled", 'tsv', /^false$/],
    ["[?name=='off'].{n:name,e:attributes.enabled}", 'tsv', /^off\tFalse$/],
    ["[?name=='off'].[name,attributes.expires]", 'tsv', /^off\t2030-01-01T00:00:00\+00:00$/],
    ["[?name=='ec'].[name,attributes.expires]", 'tsv', /^ec\tNone$/],
    ["[?attributes.expires<'2030-06-01'].name", 'tsv', /^off/],
    ['length(@)', 'tsv', /^\d+$/],
    [
      "[?name=='off'].{Name:name,Enabled:attributes.enabled}",
      'table',
      /^Name {4}Enabled\n-{6} {2}-{9}\noff {5}False$/,
    ],
    ["[?name=='off'].name", 'table', /^Result\n-{8}\noff$/],
    ['nosuch', 'json', /^$/],
    ['[0].nosuch', 'tsv', /^$/],
    ["[?name=='nosuch']", 'json', /^\[\]$/],
  ])('--query %s -o %s', async (query, format, expected) => {
    const raw = await world.run(['key', 'list', '--hsm-name', 'ContosoHSM', '--query', query, '-o', format]);
    expect(raw.stdout.trimEnd()).toMatch(expected);
    expect(raw.code).toBe(0);
  });

  it.each([
    ['list', 'item', /^Kid +Name\n-+ {2}-+\nhttps:/],
    ['list-deleted', 'deleted item', /^DeletedDate +Kid +Name +RecoveryId +ScheduledPurgeDate\n/],
  ])('-o table of %s has the columns of az', async (verb, _shape, expected) => {
    expect((await az(world, `key ${verb} --hsm-name ContosoHSM -o table`)).stdout).toMatch(expected);
  });

  it.each(['none', 'NONE'])('-o %s prints nothing', async (format) => {
    expect(await az(world, `key list --hsm-name ContosoHSM -o ${format}`)).toMatchObject({
      code: 0,
      stdout: '',
    });
  });

  it('-o tsv of a list has a field for each member', async () => {
    const { stdout } = await az(world, `key show-deleted ${ON} gone -o tsv`);
    const [attributes, deletedDate, key, managed, recoveryId, purge, tags] = stdout.trimEnd().split('\t');
    expect([attributes, key, managed, tags]).toEqual(['', '', 'None', 'None']);
    expect([deletedDate, purge].every((text) => /^\d{4}-\d\d-\d\dT[\d:]+\+00:00$/.test(text ?? ''))).toBe(
      true,
    );
    expect(recoveryId).toMatch(/\/deletedkeys\/gone$/);
  });

  it('AZURE_CORE_OUTPUT says how, as for az', async () => {
    const environment = { AZURE_CORE_OUTPUT: 'none' };
    const ran = await world.run(words(`key show ${ON} rsa`), { environment });
    expect(ran).toMatchObject({ code: 0, stdout: '' });
  });
});
