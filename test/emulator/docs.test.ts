// The documentation says what the code does: the table of unproven answers and the limits are repeated there.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { RATES } from '../../src/emulator/limits/rates.ts';
import { UNPROVEN } from '../../src/emulator/unproven.ts';

const documentation = await readFile(new URL('../../docs/emulator.md', import.meta.url), 'utf8');
// The formatter pads the cells of a table; only their text counts.
const lines = documentation.split('\n').map((line) => line.replace(/ +\| +/g, ' | ').replace(/ +\|$/, ' |'));
const rows = lines.filter((line) => line.startsWith('| `'));

test.each(Object.entries(UNPROVEN))(
  'the unproven answer %s is documented as it is',
  (name, { status, code, message, reason }) => {
    expect(rows).toContain(`| \`${name}\` | ${status} | \`${code}\` | ${message} | ${reason} |`);
  },
);

test('the documentation has no unproven answer that the code has not', () => {
  const documented = rows
    .map((row) => row.split(' | '))
    .filter((cells) => cells.length === 5 && /^\d{3}$/.test(cells[1] ?? ''));
  expect(documented).toHaveLength(Object.keys(UNPROVEN).length);
});

test.each([
  ['create, import, rotate', RATES.create],
  ['delete; purge', RATES.delete],
  ['delete; purge', RATES.purge],
  ['backup; restore', RATES.backup],
  ['backup; restore', RATES.restore],
  ['get and list', RATES.get],
  ['role operations', RATES.roles],
])('the rate of %s is documented', (classes, { perSecond, burst }) => {
  expect(lines).toContain(`| ${classes} | ${perSecond} | ${burst} |`);
});
