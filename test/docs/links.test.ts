/** No page has a dead link: each file and each heading that a page points to is there. Addresses elsewhere are not asked. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const PAGES = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The names of the headings of a page, as GitHub makes them: lower case, without punctuation, blanks as hyphens, repeats counted. */
function anchorsOf(page: string): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const headings = withoutCode(page).matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) => {
      const name = heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-');
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      return count === 0 ? name : `${name}-${count}`;
    }),
  );
}

function withoutCode(page: string): string {
  return page.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/^ {4}.*$/gm, '');
}

function deadLinksOf(file: string): readonly string[] {
  const page = readFileSync(file, 'utf8');
  const links = [...withoutCode(page).matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].map(
    ([, link = '']) => link,
  );
  return links
    .filter((link) => !/^(https?|mailto):/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : normalize(join(dirname(file), decodeURIComponent(path)));
      if (!existsSync(target)) return true;
      return (
        anchor !== undefined && target.endsWith('.md') && !anchorsOf(readFileSync(target, 'utf8')).has(anchor)
      );
    });
}

describe('a page', () => {
  it.each(PAGES)('%s has no dead link', (file) => {
    expect(deadLinksOf(file)).toEqual([]);
  });

  it('of docs/ can be reached from README', () => {
    const reached = new Set<string>(['README.md']);
    const queue = ['README.md'];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      for (const [, link = ''] of readFileSync(file, 'utf8').matchAll(/\]\(([^)#\s]+\.md)/g)) {
        const target = normalize(join(dirname(file), link));
        if (reached.has(target) || !existsSync(target)) continue;
        reached.add(target);
        queue.push(target);
      }
    }
    expect(PAGES.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
  });
});
