/** Bundles each function app into dist/{app}/: one minified file with its source map, host.json and a package.json; the console into dist/console/; and the command line into dist/cli/. */
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { APPS } from './apps.ts';
import { buildConsole } from './build-console.ts';
import { BANNER, bundleCli } from './bundle-cli.ts';

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

await bundleCli();
