/** Opens the pages of the console, where the settings want one. */
import { readPages } from '../adapters/static/read-pages.ts';
import type { HeaderReader } from '../core/route.ts';
import { answerPage, type PageAnswer } from '../features/console/pages.ts';
import { securityHeaders } from '../features/console/security-headers.ts';
import type { Config } from './config/config.ts';

/** The pages. */
export interface Pages {
  /** The answer to a GET of `path`. */
  answer(path: string, headers: HeaderReader): PageAnswer;
}

/** Beside the bundle of a deployed app, or where a checkout builds it. */
const FOLDERS = ['./console/', '../../dist/console/'].map((folder) => new URL(folder, import.meta.url));

/** The pages; undefined without a console. Reads the files once: where none was built, every page is answered with 404. */
export function openPages({ console, recovery }: Pick<Config, 'console' | 'recovery'>): Pages | undefined {
  if (!console.enabled || recovery === undefined) return undefined;
  const files = readPages(FOLDERS);
  const security = securityHeaders(new URL(recovery.trust.issuer).origin);
  return { answer: (path, headers) => answerPage(files, path, headers, security) };
}
