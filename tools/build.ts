/** Bundles each function app into dist/{app}/: one minified file with its source map, host.json and a package.json; the console into dist/console/; and the command line into dist/cli/. */
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { APPS } from './apps.ts';
import { buildConsole } from './build-console.ts';

/** CommonJS parts of the bundle call `require`, which an ES module does not have. */
const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

await rm('dist', { recursive: true, force: true });
for (const { name, entry } of APPS) {
  const folder = `dist/${name}`;
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [entry],
    outfile: `${folder}/main.js`,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minify: true,
    // Stack traces and registered names stay readable for whoever is woken by them.
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    // The Functions worker supplies this module itself.
    external: ['@azure/functions-core'],
    banner: { js: BANNER },
    logLevel: 'warning',
  });
  await cp('host.json', `${folder}/host.json`);
  await cp('LICENSE', `${folder}/LICENSE`);
  await writeFile(`${folder}/package.json`, `${JSON.stringify({ type: 'module', main: 'main.js' })}\n`);
}

// The recovery app serves it.
await buildConsole('dist/console');
await cp('dist/console', 'dist/recovery/console', { recursive: true });

const CLI = 'dist/cli/main.js';
await build({
  entryPoints: ['src/cli/main.ts'],
  outdir: 'dist/cli',
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
await cp('node_modules/@jmespath-community/jmespath/LICENSE', 'dist/cli/LICENSE.jmespath');
await writeFile(CLI, `#!/usr/bin/env node\n${await readFile(CLI, 'utf8')}`);
await chmod(CLI, 0o755);
