/** The licence texts of what is bundled: each asks to come along wherever its code does. */
import { readdir, readFile } from 'node:fs/promises';
import { LICENCE_TEXTS } from './licence-texts.ts';

const LICENCE_FILE = /^(licen[cs]e|copying)(\.|-|$)/i;
const NOTICE_FILE = /^notice(\.|-|$)/i;

/** The name of the file beside each bundle. */
export const NOTICES_FILE = 'NOTICES.txt';

/** One text for a bundle made of the packages in `folders`: name, version and licence text of each, the same for the same packages. */
export async function noticesOf(folders: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const folder of folders) {
    const { name, version, license }: Record<string, unknown> = JSON.parse(
      await readFile(`${folder}/package.json`, 'utf8'),
    );
    const texts = [
      ...(await licenceTextsOf(folder, `${name}@${version}`)),
      ...(await textsIn(folder, NOTICE_FILE)),
    ];
    parts.push([`${name} ${version} (${license})`, ...texts].join('\n\n'));
  }
  const line = '-'.repeat(80);
  return `This program holds code of the packages below.\n\n${parts.join(`\n\n${line}\n\n`)}\n`;
}

/** The licence texts that the package in `folder` brings, or the one that is kept for it; none is a fault of the release. */
export async function licenceTextsOf(folder: string, nameAndVersion: string): Promise<readonly string[]> {
  const own = await textsIn(folder, LICENCE_FILE);
  const kept = LICENCE_TEXTS.get(nameAndVersion);
  return own.length > 0 || kept === undefined ? own : [kept];
}

async function textsIn(folder: string, wanted: RegExp): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && wanted.test(entry.name)).map(({ name }) => name);
  const texts = await Promise.all(names.sort().map((name) => readFile(`${folder}/${name}`, 'utf8')));
  return texts.map((text) => text.trim()).filter((text) => text !== '');
}
