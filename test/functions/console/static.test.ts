/** The console's files as the app serves them, and an app without them. */
import { afterEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/core/sha256.ts';
import { answerPage, type PageFiles } from '../../../src/features/console/pages.ts';
import { securityHeaders } from '../../../src/features/console/security-headers.ts';
import { startHost } from '../../../src/local/host/host.ts';
import type { Host } from '../../../src/local/host/host-options.ts';
import { createMemoryScheduleStore } from '../../../src/local/host/timer/schedule-store.ts';
import { readConfig } from '../../../src/platform/config/config.ts';
import { openPages, type Pages } from '../../../src/platform/open-pages.ts';
import { pagesSlot } from '../apps/pages-slot.ts';

const bytes = (words: string) => new TextEncoder().encode(words);
const FILES: PageFiles = new Map([
  ['index.html', { bytes: bytes('page'), encoded: {}, sha256: sha256Hex('page') }],
]);
const SECURITY = securityHeaders('https://login.microsoftonline.com');
const PAGES: Pages = { answer: (path, headers) => answerPage(FILES, path, headers, SECURITY) };
const SETTINGS = {
  WARDEN_HSMS: 'contoso',
  WARDEN_BACKUP_URL: 'https://contosobackups.blob.core.windows.net',
  WARDEN_AUTH_TENANT: '10ca1000-0000-4000-8000-000000000000',
  WARDEN_AUTH_AUDIENCE: 'api://warden',
};

const APP = new URL('../apps/pages-app.ts', import.meta.url);

let host: Host | undefined;
afterEach(() => host?.stop(0));

/** `name` makes the app's module another one, so that it registers once more. */
async function serve(name: string, pages: Pages | undefined): Promise<Host> {
  pagesSlot.pages = pages;
  host = await startHost({
    entry: new URL(`?${name}`, APP),
    hostJson: { version: '2.0', extensions: { http: { routePrefix: '' } } },
    httpPort: 0,
    queues: false,
    timers: false,
    settings: { AzureWebJobsStorage: 'UseDevelopmentStorage=true' },
    scheduleStore: createMemoryScheduleStore(),
  });
  return host;
}

describe('an app with the console', () => {
  it('answers a deep link with the page, under the headers that keep others out', async () => {
    const { url } = await serve('with', PAGES);
    const answer = await fetch(`${url}/requests/0r5kq1w7c2m8xj3v9b6t4n0a1z`);

    expect([answer.status, await answer.text()]).toEqual([200, 'page']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ ...SECURITY, 'cache-control': 'no-cache' });
    const head = await fetch(`${url}/`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(`${url}/api/unknown`)).status).toBe(404);
  });
});

describe('an app that is set up without the console', () => {
  it('has no route for its files, and its API all the same', async () => {
    const pages = openPages(readConfig({ ...SETTINGS, WARDEN_CONSOLE: 'false' }));
    expect(pages).toBeUndefined();
    const { url, functions } = await serve('without', pages);

    expect(functions).toEqual(['openapi']);
    for (const path of ['index.html', 'requests/1', 'assets/app.js'])
      expect((await fetch(`${url}/${path}`)).status, path).toBe(404);
    expect((await fetch(`${url}/api/openapi.json`)).status).toBe(200);
  });

  it('is the exception', () => {
    expect(openPages(readConfig(SETTINGS))).toBeDefined();
  });
});
