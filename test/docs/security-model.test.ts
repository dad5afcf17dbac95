/** docs/security-model.md names the test of each attack: here it is seen that each such test exists. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

/** A test as the page names it. */
interface Named {
  readonly attack: string;
  readonly file: string;
  readonly test: string;
}

/** The rows of the attack tables; a row without a test is one with an empty name. */
function namedTests(page: string): Named[] {
  const found: Named[] = [];
  let tableFile = '';
  for (const line of page
    .slice(page.indexOf('## Attacks tried'), page.indexOf('## The audit log'))
    .split('\n')) {
    const [attack, , tests] = cells(line);
    if (tests === undefined) {
      tableFile = /`(test\/[^`]+\.test\.ts)`/.exec(line)?.[1] ?? tableFile;
      continue;
    }
    if (attack === undefined || attack === 'Attack' || attack.startsWith('---')) continue;
    let file = tableFile;
    const names = [...tests.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    for (const name of names) {
      if (name.startsWith('test/')) file = name;
      else found.push({ attack, file, test: name });
    }
    if (names.length === 0) found.push({ attack, file, test: '' });
  }
  return found;
}

function cells(line: string): string[] {
  return line.startsWith('|')
    ? line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
    : [];
}

/** Whether `source` holds a test that is called so: by its title, or by a title with one of the file's names in it. */
function holds(source: string, test: string): boolean {
  const titles = [...source.matchAll(/\(\s*'([^'\n]+)',\s*(?:\{[^}]*\},\s*)?(?:async )?\(/g)].map(
    ([, title = '']) => title,
  );
  const names = [...source.matchAll(/\bname: '([^'\n]+)'/g)].map(([, name = '']) => name);
  return titles.some((title) => {
    if (!title.includes('$')) return title === test;
    return names.some((name) => pattern(title, name).test(test));
  });
}

/** The title with `name` for `$name`, and anything for its other variables. */
function pattern(title: string, name: string): RegExp {
  const parts = title.split(/(\$\w+)/).map((part) => {
    if (part === '$name') return literally(name);
    return part.startsWith('$') ? '\\S+' : literally(part);
  });
  return new RegExp(`^${parts.join('')}$`);
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

it('names a test for every attack, and each of them exists', async () => {
  const named = namedTests(await readFile('docs/security-model.md', 'utf8'));
  const files = new Map<string, string>();
  for (const { file } of named) files.set(file, await readFile(file, 'utf8'));

  expect(named.length).toBeGreaterThan(60);
  expect(named.filter(({ file, test }) => !holds(files.get(file) ?? '', test))).toEqual([]);
});

it('knows a test that is not there, whose row was renamed, or that is of another file', async () => {
  const source = await readFile('test/adapters/auth/attacks.test.ts', 'utf8');

  expect(holds(source, 'is refused: expired')).toBe(true);
  expect(holds(source, 'is refused: expired long ago')).toBe(false);
  expect(holds(source, 'is refused: by the requester, who may approve others')).toBe(false);
  expect(holds(source, '')).toBe(false);
});
