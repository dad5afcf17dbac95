/**
 * Builds the web console into a folder of static files: `index.html`, and below `assets/` scripts, style and icon under
 * names that hold a hash of their content. Beside each file stand a `.br` and a `.gz`, made here once, so that the app that
 * serves them compresses nothing.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'esbuild';
import { foldersIn } from './release/bundled.ts';

const SOURCE = 'src/console';
const ENTRY = `${SOURCE}/main.tsx`;

/** Builds the console into `folder`, which is emptied first. Resolves with the folders of the packages that are in it. */
export async function buildConsole(folder: string): Promise<readonly string[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(`${folder}/assets`, { recursive: true });
  const { metafile } = await build({
    entryPoints: [ENTRY],
    outdir: `${folder}/assets`,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    // The sign-in library and each page are files of their own, loaded when they are needed.
    splitting: true,
    platform: 'browser',
    format: 'esm',
    target: ['chrome120', 'firefox121', 'safari17'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  const [script] = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entryPoint === ENTRY);
  if (script === undefined) throw new Error(`esbuild made no file of ${ENTRY}`);
  const [path, { cssBundle = '' }] = script;
  const icon = await copyHashed(`${SOURCE}/icon.svg`, `${folder}/assets`);
  const page = (await readFile(`${SOURCE}/index.html`, 'utf8'))
    .replace('{script}', `/assets/${basename(path)}`)
    .replace('{style}', `/assets/${basename(cssBundle)}`)
    .replace('{icon}', `/assets/${icon}`);
  for (const file of await readdir(`${folder}/assets`)) await compress(join(folder, 'assets', file));
  // Last: a build that was interrupted has no page.
  await writeFile(`${folder}/index.html`, page);
  await compress(`${folder}/index.html`);
  return foldersIn(metafile);
}

async function copyHashed(file: string, folder: string): Promise<string> {
  const content = await readFile(file);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
  const name = basename(file).replace('.', `-${hash}.`);
  await writeFile(join(folder, name), content);
  return name;
}

async function compress(file: string): Promise<void> {
  const content = await readFile(file);
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  await writeFile(`${file}.br`, await promisify(brotliCompress)(content, brotli));
  await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
}
