/** Zips each built function app into dist/{app}.zip: what is deployed, and nothing but what runs. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { zipSync } from 'fflate';
import { APPS } from './apps.ts';
import './build.ts';

/** The same content gives the same zip, so that two builds of one commit can be compared. */
const BUILT_AT = new Date('2026-01-01T00:00:00Z');

for (const { name } of APPS) {
  const files: Record<string, Uint8Array> = {};
  for (const file of (await readdir(`dist/${name}`)).sort())
    files[file] = await readFile(`dist/${name}/${file}`);
  const zip = zipSync(files, { level: 9, mtime: BUILT_AT });
  await writeFile(`dist/${name}.zip`, zip);
  process.stdout.write(
    `dist/${name}.zip: ${Object.keys(files).join(', ')} (${Math.round(zip.length / 1024)} KiB)\n`,
  );
}
