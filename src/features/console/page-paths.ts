/** The addresses of the console, as the platform before the app must know them: it lets these through without a token. */

/** Files and deep links; a star stands for whatever follows. They hold no data: what a page shows, the API answers to a token. */
export const PAGE_PATHS: readonly string[] = [
  '/',
  '/index.html',
  '/favicon.svg',
  '/favicon.ico',
  '/assets/*',
  '/requests',
  '/requests/*',
  '/recoveries/*',
  '/keys',
  '/keys/*',
  '/deleted',
  '/inbox',
  '/nights',
  '/nights/*',
  '/drills',
  '/audit',
  '/hsms',
  '/settings',
];
