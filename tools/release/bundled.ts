/** Which packages are in a bundle: what is shipped is read from the bundler's own account, not from a list of wishes. */
import { readFile } from 'node:fs/promises';
import type { Metafile } from 'esbuild';
import { z } from 'zod';
import { licenceTextsOf } from './notices.ts';

/** A package as it is installed: where, under what name, version and licence. */
export const Bundled = z.strictObject({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  /** Whether there is a text of its licence. */
  hasText: z.boolean(),
  /** The bundles it is in, sorted. */
  bundles: z.array(z.string()),
});
export type Bundled = z.infer<typeof Bundled>;

/** Where a build leaves the list, for the bill of materials. */
export const BUNDLED_FILE = 'dist/bundled.json';

const Manifest = z.looseObject({ name: z.string(), version: z.string(), license: z.string().default('') });

/** The folders of packages whose files are in the bundle, such as `node_modules/zod`; nested ones, too. */
export function foldersIn({ outputs }: Pick<Metafile, 'outputs'>): readonly string[] {
  // Of the outputs: what was read and left out of them is not shipped.
  const inputs = Object.values(outputs).flatMap((output) =>
    Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
  const folders = inputs.flatMap(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  return [...new Set(folders)].sort();
}

/**
 * The packages of all bundles, by name and version. Fails when one has no name or version; one without a licence has an empty one,
 * which the check of the bill of materials reports.
 */
export async function packagesOf(
  folders: ReadonlyMap<string, readonly string[]>,
): Promise<readonly Bundled[]> {
  const found = new Map<string, Bundled>();
  for (const [bundle, paths] of folders) {
    for (const path of paths) {
      const { name, version, license } = Manifest.parse(
        JSON.parse(await readFile(`${path}/package.json`, 'utf8')),
      );
      const key = `${name}@${version}`;
      const bundles = [...new Set([...(found.get(key)?.bundles ?? []), bundle])].sort();
      const hasText = (await licenceTextsOf(path, key)).length > 0;
      found.set(key, { name, version, license, hasText, bundles });
    }
  }
  return [...found.values()].sort((a, b) => (a.name + a.version < b.name + b.version ? -1 : 1));
}
