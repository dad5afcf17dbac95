/** The licence texts of what is bundled: each asks to come along wherever its code does. */
import { readdir, readFile } from 'node:fs/promises';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.|-|$)/i;

/** The name of the file beside each bundle. */
export const NOTICES_FILE = 'NOTICES.txt';

/** One text for a bundle made of the packages in `folders`: name, version and licence text of each, the same for the same packages. */
export async function noticesOf(folders: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const folder of folders) {
    const { name, version, license }: Record<string, unknown> = JSON.parse(
      await readFile(`${folder}/package.json`, 'utf8'),
    );
    const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).sort();
    const texts = await Promise.all(files.map((file) => readFile(`${folder}/${file}`, 'utf8')));
    parts.push([`${name} ${version} (${license})`, ...texts.map((text) => text.trim())].join('\n\n'));
  }
  const line = '-'.repeat(80);
  return `This program holds code of the packages below.\n\n${parts.join(`\n\n${line}\n\n`)}\n`;
}
