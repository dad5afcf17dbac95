/** Azure Resource Manager as a table of answers, over TLS on this machine. What is not in the table is a 404. */
import { startTlsServer, type TlsServer } from '../../../support/tls-server.ts';

/** What it answers: a status other than 200, a body, or both. */
export interface ArmAnswer {
  readonly status?: number;
  readonly body?: unknown;
  /** A list is given out in pages of this many. */
  readonly pageSize?: number;
}
export type ArmTable = Readonly<Record<string, ArmAnswer>>;

/** A running endpoint. */
export interface FakeArm extends TlsServer {
  /** Answers by `METHOD /path` without a query; case does not count. */
  table: ArmTable;
  /** Requests that came without a token, or with an `api-version` missing. */
  readonly bad: string[];
}

/** Starts it with an empty table. */
export async function startFakeArm(): Promise<FakeArm> {
  const bad: string[] = [];
  const server = await startTlsServer((request, response) => {
    const url = new URL(request.url ?? '/', server.url);
    const key = `${request.method} ${decodeURIComponent(url.pathname)}`.toLowerCase();
    if (request.headers.authorization !== `Bearer ${TOKEN}` || !url.searchParams.has('api-version'))
      bad.push(key);
    const found = Object.entries(arm.table).find(([name]) => name.toLowerCase() === key)?.[1];
    const { status = 200, body } = found ?? notFound();
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found?.pageSize === undefined ? body : page(found, url)));
  });
  const arm: FakeArm = Object.assign(server, { table: {}, bad });
  return arm;
}

/** The token that the endpoint takes: a JWT in form only. */
export const TOKEN = [{ alg: 'none' }, { exp: 4_102_444_800 }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat('signature')
  .join('.');

/** A refusal, as Azure words it. */
export function refused(status: number, code: string): ArmAnswer {
  return { status, body: { error: { code, message: `${code}: not for you.` } } };
}

/** A list. */
export function list(value: readonly unknown[], pageSize?: number): ArmAnswer {
  return { body: { value }, ...(pageSize === undefined ? {} : { pageSize }) };
}

function notFound(): ArmAnswer {
  return refused(404, 'ResourceNotFound');
}

function page({ body, pageSize = 1 }: ArmAnswer, url: URL): unknown {
  const all =
    body !== null && typeof body === 'object' && 'value' in body && Array.isArray(body.value)
      ? body.value
      : [];
  const from = Number(url.searchParams.get('$skiptoken') ?? 0);
  const next = from + pageSize;
  url.searchParams.set('$skiptoken', String(next));
  return { value: all.slice(from, next), ...(next < all.length ? { nextLink: url.href } : {}) };
}
