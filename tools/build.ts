/** Bundles each function app into dist/{app}/: one minified file with its source map, host.json and a package.json; the console into dist/console/; and the command line into dist/cli/. */
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { APPS } from './apps.ts';
import { buildConsole } from './build-console.ts';
import { BANNER, bundleCli } from './bundle-cli.ts';
import { BUNDLED_FILE, foldersIn, packagesOf } from './release/bundled.ts';
import { NOTICES_FILE, noticesOf } from './release/notices.ts';

await rm('dist', { recursive: true, force: true });
const bundled = new Map<string, readonly string[]>();
for (const { name, entry } of APPS) {
  const folder = `dist/${name}`;
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
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
    metafile: true,
    logLevel: 'warning',
  });
  const folders = foldersIn(metafile);
  bundled.set(name, folders);
  await writeFile(`${folder}/${NOTICES_FILE}`, await noticesOf(folders));
  await cp('host.json', `${folder}/host.json`);
  await cp('LICENSE', `${folder}/LICENSE`);
  await writeFile(`${folder}/package.json`, `${JSON.stringify({ type: 'module', main: 'main.js' })}\n`);
}

// The recovery app serves it.
const inConsole = await buildConsole('dist/console');
bundled.set('console', inConsole);
await writeFile(`dist/console/${NOTICES_FILE}`, await noticesOf(inConsole));
await cp('dist/console', 'dist/recovery/console', { recursive: true });

bundled.set('cli', await bundleCli('dist/cli'));
await writeFile(BUNDLED_FILE, `${JSON.stringify(await packagesOf(bundled), null, 2)}\n`);
