/** The addresses of the pages: the platform before the app must let through exactly what the console shows. */
import { describe, expect, it } from 'vitest';
import { PATTERNS, pageAt } from '../../src/console/routing/page-at.ts';
import { PAGE_PATHS } from '../../src/features/console/page-paths.ts';

/** Files are no pages. */
const FILES: ReadonlySet<string> = new Set(['/index.html', '/favicon.svg', '/favicon.ico', '/assets/*']);

function isCovered(path: string): boolean {
  return PAGE_PATHS.some((one) => (one.endsWith('*') ? path.startsWith(one.slice(0, -1)) : path === one));
}

describe('the address of a page', () => {
  it.each(Object.entries(PATTERNS))('%s is let through without a token', (pattern, name) => {
    const path = pattern.replaceAll(/:\w+/g, 'x');

    expect(pageAt(path)?.name).toBe(name);
    expect(isCovered(path)).toBe(true);
  });

  it.each(PAGE_PATHS.filter((path) => !FILES.has(path)))(
    '%s is let through for a page that is there',
    (path) => {
      const begin = path.replace('*', '');
      const found = Object.keys(PATTERNS).some((pattern) =>
        path.endsWith('*') ? pattern.startsWith(`${begin}:`) : pattern === path,
      );

      expect(found).toBe(true);
    },
  );
});
