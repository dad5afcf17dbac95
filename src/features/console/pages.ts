/** Answers for the files of the console: deep links get the page, hashed files are kept for good, and the API is not theirs. */
import type { HeaderReader } from '../../core/route.ts';
import { acceptedEncodings, type Encoding } from './encodings.ts';

/** A file of the console with what was made of it at build time. */
export interface PageFile {
  readonly bytes: Uint8Array;
  readonly encoded: Readonly<Partial<Record<Encoding, Uint8Array>>>;
  /** Lower-case hex SHA-256 of `bytes`. */
  readonly sha256: string;
}

/** The files by their path below the root, like `assets/app-3f2a.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/** What is answered. */
export interface PageAnswer {
  readonly status: 200 | 304 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** The page that every deep link gets. */
const PAGE = 'index.html';
/** Everything in this folder has its hash in its name. */
const HASHED = /^assets\//;
/** Paths of others: they must not answer with the page, for whoever calls them is no browser. */
const OTHERS = /^(api|admin|runtime|\.auth|\.well-known)(\/|$)/i;

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  txt: 'text/plain; charset=utf-8',
  webmanifest: 'application/manifest+json',
  woff2: 'font/woff2',
};

/** The answer to a GET of `path` (with its leading slash). `security`: the headers of every answer. */
export function answerPage(
  files: PageFiles,
  path: string,
  headers: HeaderReader,
  security: Readonly<Record<string, string>>,
): PageAnswer {
  const name = nameOf(path);
  const file = name === undefined ? undefined : files.get(name);
  if (name === undefined || file === undefined) {
    return { status: 404, headers: { ...security, 'cache-control': 'no-store' } };
  }
  const encoding = acceptedEncodings(headers.get('accept-encoding')).find(
    (one) => file.encoded[one] !== undefined,
  );
  const etag = `"${file.sha256.slice(0, 32)}${encoding === undefined ? '' : `-${encoding}`}"`;
  const common = {
    ...security,
    etag,
    vary: 'accept-encoding',
    'cache-control': HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  if (knows(headers.get('if-none-match'), etag)) return { status: 304, headers: common };
  return {
    status: 200,
    headers: {
      ...common,
      'content-type': TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    },
    body: (encoding === undefined ? undefined : file.encoded[encoding]) ?? file.bytes,
  };
}

/** The file that a path means: itself where its last part looks like a file, else the page; undefined for paths of others. */
function nameOf(path: string): string | undefined {
  const name = path.replace(/^\/+/, '');
  if (OTHERS.test(name)) return undefined;
  const isFile = HASHED.test(name) || (name.split('/').at(-1) ?? '').includes('.');
  return isFile ? name : PAGE;
}

/** Compared weakly, RFC 9110 section 13.1.2. */
function knows(header: string | null, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
