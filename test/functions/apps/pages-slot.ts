/** Where a test leaves the pages that the fixture app serves. */
import type { Pages } from '../../../src/platform/open-pages.ts';

/** Filled before the app is loaded. */
export const pagesSlot: { pages: Pages | undefined } = { pages: undefined };
