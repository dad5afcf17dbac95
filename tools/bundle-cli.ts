/** Bundles the command line: it needs no package beside it. */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { foldersIn } from './release/bundled.ts';
import { NOTICES_FILE, noticesOf } from './release/notices.ts';

/** CommonJS parts of the bundle call `require`, which an ES module does not have. */
export const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Puts it into `folder`, in place of what an earlier build left. Resolves with the folders of the packages that are in it. */
export async function bundleCli(folder: string): Promise<readonly string[]> {
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: ['src/cli/main.ts'],
    outdir: folder,
    // What one command alone needs (the emulator and its libraries) is a file of its own, which no other command loads.
    splitting: true,
    chunkNames: 'parts/[name]-[hash]',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    banner: { js: BANNER },
    metafile: true,
    logLevel: 'warning',
  });
  const folders = foldersIn(metafile);
  await writeFile(`${folder}/${NOTICES_FILE}`, await noticesOf(folders));
  const main = `${folder}/main.js`;
  await writeFile(main, `#!/usr/bin/env node\n${await readFile(main, 'utf8')}`);
  await chmod(main, 0o755);
  return folders;
}
