/** Zips each built function app into dist/{app}.zip: what is deployed, and nothing but what runs. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { zipSync } from 'fflate';
import { APPS } from './apps.ts';
import './build.ts';

/** The same content gives the same zip wherever it is built, so that two builds can be compared: a zip holds local times. */
const BUILT_AT = new Date(2026, 0, 1);

for (const { name } of APPS) {
  const files: Record<string, Uint8Array> = {};
  const entries = await readdir(`dist/${name}`, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: file }) => join(parentPath, file));
  for (const path of paths.sort())
    files[relative(`dist/${name}`, path).split(sep).join('/')] = await readFile(path);
  const zip = zipSync(files, { level: 9, mtime: BUILT_AT });
  await writeFile(`dist/${name}.zip`, zip);
  process.stdout.write(
    `dist/${name}.zip: ${Object.keys(files).join(', ')} (${Math.round(zip.length / 1024)} KiB)\n`,
  );
}
