/** How many bytes of JavaScript a browser loads of the built console, compressed by gzip. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Bytes. */
interface ConsoleSizes {
  /** What the page itself asks for: enough to show the door. */
  readonly beforeSignIn: number;
  readonly all: number;
}

/** The sizes of the console built into `folder`. */
export async function consoleSizes(folder: string): Promise<ConsoleSizes> {
  const assets = join(folder, 'assets');
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  const names = (await readdir(assets)).filter((name) => name.endsWith('.js'));
  const sizes = new Map<string, number>();
  for (const name of names) sizes.set(name, (await readFile(join(assets, `${name}.gz`))).byteLength);
  const [, entry = ''] = /<script[^>]*src="([^"]+)"/.exec(page) ?? [];
  const first = await withImports(assets, basename(entry), new Set());
  return {
    beforeSignIn: sum([...first].map((name) => sizes.get(name) ?? 0)),
    all: sum([...sizes.values()]),
  };
}

/** A file and what it imports statically; what it loads later is not among them. */
async function withImports(folder: string, name: string, found: Set<string>): Promise<Set<string>> {
  if (found.has(name)) return found;
  found.add(name);
  const text = await readFile(join(folder, name), 'utf8');
  for (const [, imported = ''] of text.matchAll(/(?:import|from)\s*"\.\/([^"]+)"/g)) {
    await withImports(folder, imported, found);
  }
  return found;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
