/** Registers the pages of the console: every path that no other function has. */
import { app } from '@azure/functions';
import { PAGES } from '../../src/platform/features.ts';
import type { Pages } from '../../src/platform/open-pages.ts';
import { alwaysAnswered } from './always-answered.ts';

/** Serves `pages`; nothing is registered where there are none. */
export function registerPages(pages: Pages | undefined): void {
  if (pages === undefined) return;
  app.http(PAGES, {
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    route: '{*path}',
    handler: alwaysAnswered(({ url, headers, method }) => {
      const { body, ...answer } = pages.answer(new URL(url).pathname, headers);
      return { ...answer, ...(body === undefined || method === 'HEAD' ? {} : { body }) };
    }),
  });
}
