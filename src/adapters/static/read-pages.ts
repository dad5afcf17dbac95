/** Reads the built console into memory: some hundred kilobytes, served without touching a disk. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256Hex } from '../../core/sha256.ts';
import type { PageFile, PageFiles } from '../../features/console/pages.ts';

/** What the build puts beside a file, by the encoding. */
const SUFFIXES = { br: '.br', gzip: '.gz' } as const;

/** The files of the first of `folders` that holds a built console; none when none does. */
export function readPages(folders: readonly URL[]): PageFiles {
  const found = folders
    .map((folder) => fileURLToPath(folder))
    .find((folder) => existsSync(join(folder, 'index.html')));
  if (found === undefined) return new Map();
  const paths = readdirSync(found, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const isEncoded = (path: string) => Object.values(SUFFIXES).some((suffix) => path.endsWith(suffix));
  return new Map(
    paths
      .filter((path) => !isEncoded(path))
      .map((path) => [relative(found, path).split(sep).join('/'), readPage(path, new Set(paths))]),
  );
}

function readPage(path: string, paths: ReadonlySet<string>): PageFile {
  const bytes = readFileSync(path);
  const encoded = Object.fromEntries(
    Object.entries(SUFFIXES)
      .filter(([, suffix]) => paths.has(`${path}${suffix}`))
      .map(([encoding, suffix]) => [encoding, readFileSync(`${path}${suffix}`)]),
  );
  return { bytes, encoded, sha256: sha256Hex(bytes) };
}
