/** Changes of the product's text on its way into a bundle: the product itself knows nothing of campaigns. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** An exchange of text in one file, relative to the checkout. `from` is in the source exactly once. */
export interface TextChange {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Makes the changes while files are loaded. Building fails when one does not fit the source any more. */
export function changing(changes: readonly TextChange[]): Plugin {
  const byPath = Map.groupBy(changes, ({ file }) => resolve(file));
  return {
    name: 'text-changes',
    setup(making) {
      making.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const own = byPath.get(path);
        if (own === undefined) return undefined;
        const source = await readFile(path, 'utf8');
        return { contents: own.reduce(changed, source), loader: 'ts' };
      });
    },
  };
}

/** The text with one change made. Fails unless it has exactly one place for it. */
export function changed(source: string, { file, from, to }: TextChange): string {
  if (source.split(from).length !== 2) throw new Error(`${file} has not exactly one place like: ${from}`);
  return source.replace(from, () => to);
}
