/** The page about dependencies names what is used, at the version that is used, and nothing else. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';

const Package = z.looseObject({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});
/** Development dependencies of the repository that are bundled into the console. */
const CONSOLE = ['preact', '@azure/msal-browser'];

function read(folder: string): z.infer<typeof Package> {
  return Package.parse(JSON.parse(readFileSync(`${folder}package.json`, 'utf8')));
}

it('docs/dependencies.md has a line for each package that runs, and for no other', () => {
  const page = readFileSync('docs/dependencies.md', 'utf8');
  const listed = [...page.matchAll(/^\| `([^`]+)` \| ([^ ]+) \|/gm)].map(
    ([, name, version]) => `${name} ${version}`,
  );
  const { devDependencies } = read('');
  const used = new Map([
    ...Object.entries(read('functions/').dependencies),
    ...Object.entries(read('src/emulator/').dependencies),
    ...CONSOLE.map((name): [string, string] => [name, devDependencies[name] ?? 'missing']),
  ]);

  expect(listed.sort()).toEqual([...used].map(([name, version]) => `${name} ${version}`).sort());
});
