/** Bundles the command line into dist/cli/: it needs no package beside it. */
import { chmod, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

/** CommonJS parts of the bundle call `require`, which an ES module does not have. */
export const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";
const FOLDER = 'dist/cli';

/** Builds it anew: nothing of an earlier build stays. */
export async function bundleCli(): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true });
  await build({
    entryPoints: ['src/cli/main.ts'],
    outdir: FOLDER,
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
    logLevel: 'warning',
  });
  // Its licence, MPL-2.0, comes with it wherever it is bundled.
  await cp('node_modules/@jmespath-community/jmespath/LICENSE', `${FOLDER}/LICENSE.jmespath`);
  const main = `${FOLDER}/main.js`;
  await writeFile(main, `#!/usr/bin/env node\n${await readFile(main, 'utf8')}`);
  await chmod(main, 0o755);
}
